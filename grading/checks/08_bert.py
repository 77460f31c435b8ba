"""Lesson 08: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from grading.exercise import Exercise, choice

# 8.1 Attention weights


def query_cases(seed: int) -> list[dict]:
    """Queries and keys of three heads; tokens and numbers a head differ."""
    rng = np.random.default_rng(seed)
    return [
        {name: rng.normal(size=(3, tokens, d)).astype("f4") for name in ("queries", "keys")}
        for tokens, d in ((5, 4), (4, 7))
    ]


attention_weights = Exercise(
    "8.1",
    "attention_weights",
    points=2,
    minutes=8,
    cases=query_cases,
    hints=(
        "Three steps: all scalar products of a query with a key, a division, a softmax.",
        "`queries @ keys.transpose(1, 2)` has shape (H,T,T): row i holds q_i · k_j for every j.",
        "d is the last number of the shape, and it is its root that divides. The softmax runs "
        "along a row, over the last dimension.",
    ),
)


def products(queries, keys):
    return queries @ keys.transpose(1, 2)


@attention_weights.misconception("You did not divide by √d.")
def unscaled(queries, keys):
    return products(queries, keys).softmax(-1)


@attention_weights.naively(unscaled)
def unscaled_naively(queries, keys):
    weights = torch.zeros(len(queries), queries.shape[1], keys.shape[1])
    for h in range(len(queries)):
        for i in range(queries.shape[1]):
            scores = (queries[h, i] * keys[h]).sum(1)
            weights[h, i] = torch.exp(scores) / torch.exp(scores).sum()
    return weights


@attention_weights.misconception("You divided by d; it is the square root of d that divides.")
def divided_by_d(queries, keys):
    return (products(queries, keys) / queries.shape[-1]).softmax(-1)


@attention_weights.naively(divided_by_d)
def divided_by_d_naively(queries, keys):
    heads, tokens, d = queries.shape
    scores = torch.zeros(heads, tokens, tokens)
    for h in range(heads):
        for i in range(tokens):
            for j in range(tokens):
                scores[h, i, j] = torch.dot(queries[h, i], keys[h, j]) / d
    return F.softmax(scores, dim=2)


@attention_weights.misconception(
    "Your softmax runs down the columns. Each token shares out *its own* attention: rows sum to 1."
)
def softmax_of_columns(queries, keys):
    return (products(queries, keys) / math.sqrt(queries.shape[-1])).softmax(1)


@attention_weights.naively(softmax_of_columns)
def softmax_of_columns_naively(queries, keys):
    d = queries.shape[2]
    weights = []
    for h in range(len(queries)):
        scores = queries[h] @ keys[h].T / d**0.5
        weights.append(F.softmax(scores, dim=0))
    return torch.stack(weights)


@attention_weights.misconception(
    "Rows and columns are exchanged: row i belongs to the token that asks, the query."
)
def keys_ask(queries, keys):
    return (products(keys, queries) / math.sqrt(queries.shape[-1])).softmax(-1)


@attention_weights.naively(keys_ask)
def keys_ask_naively(queries, keys):
    heads, tokens, d = queries.shape
    weights = torch.zeros(heads, tokens, tokens)
    for h in range(heads):
        for i in range(tokens):
            scores = keys[h] @ queries[h, i] / math.sqrt(d)
            weights[h, :, i] = torch.softmax(scores, dim=0)
    return weights


@attention_weights.misconception("These are the scores before the softmax; weights sum to 1.")
def no_softmax(queries, keys):
    return products(queries, keys) / math.sqrt(queries.shape[-1])


@attention_weights.naively(no_softmax)
def no_softmax_naively(queries, keys):
    d = queries.shape[2]
    scores = np.einsum("hid,hjd->hij", queries.numpy(), keys.numpy())
    scores = scores / math.sqrt(d)
    return torch.from_numpy(scores)


@attention_weights.misconception(
    "You divided by the root of the number of tokens. d is how many numbers a query has."
)
def root_of_tokens(queries, keys):
    return (products(queries, keys) / math.sqrt(queries.shape[1])).softmax(-1)


@attention_weights.naively(root_of_tokens)
def root_of_tokens_naively(queries, keys):
    weights = []
    for h in range(len(queries)):
        d = len(queries[h])
        scores = torch.matmul(queries[h], keys[h].T)
        weights.append(torch.softmax(scores / d**0.5, dim=1))
    return torch.stack(weights)


@attention_weights.misconception("You averaged over the heads; each head has weights of its own.")
def one_head_for_all(queries, keys):
    weights = (products(queries, keys) / math.sqrt(queries.shape[-1])).softmax(-1)
    return weights.mean(0)


@attention_weights.naively(one_head_for_all)
def one_head_for_all_naively(queries, keys):
    query = queries.mean(0)
    key = keys.mean(0)
    scores = torch.matmul(query, key.T) / math.sqrt(query.shape[1])
    return F.softmax(scores, dim=1)


@attention_weights.misconception(
    "The softmax runs over the heads: without `dim`, torch takes the first axis of three. Name it: "
    "each query's weights over the keys add up to 1."
)
def softmax_over_heads(queries, keys):
    scores = queries @ keys.transpose(-1, -2) / queries.shape[-1] ** 0.5
    return scores.softmax(0)


@attention_weights.naively(softmax_over_heads)
def softmax_over_heads_naively(queries, keys):
    scores = []
    for h in range(len(queries)):
        scores.append(queries[h] @ keys[h].T / math.sqrt(queries.shape[2]))
    return F.softmax(torch.stack(scores), dim=0)


@attention_weights.alternative
def with_einsum(queries, keys):
    scores = torch.einsum("hid,hjd->hij", queries, keys) * queries.shape[-1] ** -0.5
    return F.softmax(scores, dim=2)


@attention_weights.alternative
def head_by_head(queries, keys):
    heads = []
    for q, k in zip(queries, keys, strict=True):
        e = torch.exp(q @ k.T / q.shape[1] ** 0.5)
        heads.append(e / e.sum(1, keepdim=True))
    return torch.stack(heads)


# 8.2 The previous token


def random_attention(rng, layers, heads, tokens):
    weights = rng.random((layers, heads, tokens, tokens)) ** 3 + 0.01
    return (weights / weights.sum(-1, keepdims=True)).astype("f4")


def attention_cases(seed: int) -> list[dict]:
    """Attention of 3 layers by 4 heads on five tokens, and of 2 by 3 on six."""
    rng = np.random.default_rng(seed)
    return [{"attention": random_attention(rng, *size)} for size in ((3, 4, 5), (2, 3, 6))]


previous_token_score = Exercise(
    "8.2",
    "previous_token_score",
    points=2,
    minutes=8,
    cases=attention_cases,
    hints=(
        "Token 3 looks at the token before it: that is row 3, column 2. Which line of the matrix "
        "do all these places form?",
        "Below the diagonal: `.diagonal(offset=-1, dim1=2, dim2=3)`, shape (L,H,T−1).",
        "The first token has none before it: the mean is over T − 1 tokens.",
    ),
)


def beside(attention, offset):
    return attention.diagonal(offset=offset, dim1=2, dim2=3)


@previous_token_score.misconception(
    "That is the *next* token. Rows look at columns: the previous one is row i, column i − 1."
)
def next_token(attention):
    return beside(attention, 1).mean(-1)


@previous_token_score.naively(next_token)
def next_token_naively(attention):
    layers, heads, tokens, _ = attention.shape
    scores = torch.zeros(layers, heads)
    for i in range(1, tokens):
        scores += attention[:, :, i - 1, i]
    return scores / (tokens - 1)


@previous_token_score.misconception("That is the weight on the token itself, the main diagonal.")
def itself(attention):
    return beside(attention, 0).mean(-1)


@previous_token_score.naively(itself)
def itself_naively(attention):
    scores = torch.zeros(attention.shape[0], attention.shape[1])
    for layer in range(attention.shape[0]):
        for head in range(attention.shape[1]):
            scores[layer, head] = torch.diag(attention[layer, head]).mean()
    return scores


@previous_token_score.misconception(
    "You divided by all T tokens, but the first has none before it: take the mean over T − 1."
)
def over_all_tokens(attention):
    return beside(attention, -1).sum(-1) / attention.shape[-1]


@previous_token_score.naively(over_all_tokens)
def over_all_tokens_naively(attention):
    layers, heads, tokens, _ = attention.shape
    scores = torch.zeros(layers, heads)
    for i in range(tokens):
        scores += attention[:, :, i, i - 1]
    return scores / tokens


@previous_token_score.misconception("You added the weights up; the score is their mean.")
def added_up(attention):
    return beside(attention, -1).sum(-1)


@previous_token_score.naively(added_up)
def added_up_naively(attention):
    layers, heads, tokens, _ = attention.shape
    scores = torch.zeros(layers, heads)
    for layer in range(layers):
        for head in range(heads):
            for i in range(1, tokens):
                scores[layer, head] += attention[layer, head, i, i - 1]
    return scores


@previous_token_score.misconception(
    "You counted how often the previous token is the strongest. The score is the weight itself."
)
def how_often_strongest(attention):
    strongest = attention[:, :, 1:].argmax(-1)
    return (strongest == torch.arange(attention.shape[-1] - 1)).float().mean(-1)


@previous_token_score.naively(how_often_strongest)
def how_often_strongest_naively(attention):
    layers, heads, tokens, _ = attention.shape
    counts = torch.zeros(layers, heads)
    for layer in range(layers):
        for head in range(heads):
            for i in range(1, tokens):
                if attention[layer, head, i].argmax() == i - 1:
                    counts[layer, head] += 1
    return counts / (tokens - 1)


@previous_token_score.misconception("You averaged over the heads; each has a score of its own.")
def mean_of_heads(attention):
    return beside(attention, -1).mean((1, 2))


@previous_token_score.naively(mean_of_heads)
def mean_of_heads_naively(attention):
    attention = attention.mean(dim=1)
    scores = []
    for layer in attention:
        weights = [layer[i, i - 1] for i in range(1, len(layer))]
        scores.append(sum(weights) / len(weights))
    return torch.stack(scores)


@previous_token_score.alternative
def with_a_loop(attention):
    tokens = attention.shape[-1]
    return sum(attention[:, :, i, i - 1] for i in range(1, tokens)) / (tokens - 1)


@previous_token_score.alternative
def with_a_mask(attention):
    before = torch.diag(torch.ones(attention.shape[-1] - 1), diagonal=-1)
    return (attention * before).sum((2, 3)) / before.sum()


# 8.3 How much goes there


def kind_cases(seed: int) -> list[dict]:
    """The same attentions with tokens, of which one, two or three are of the kind asked for."""
    rng = np.random.default_rng(seed)
    tokens = ["[CLS]", "a", ".", "a", ".", "a", "[SEP]"]
    return [
        {"attention": random_attention(rng, 3, 4, 7), "tokens": tokens, "kind": kind}
        for kind in ("[CLS]", ".", "a")
    ]


share_to = Exercise(
    "8.3",
    "share_to",
    points=2,
    minutes=8,
    cases=kind_cases,
    hints=(
        "Which columns belong to the kind? Make True and False of `tokens`, one a token.",
        "A tensor of True and False picks columns: `attention[..., there]`. Add these up; a "
        "token's attention to all full stops together is one number.",
        "Then the mean over heads and over the rows: `.mean((1, 2))`.",
    ),
)


def of_kind(tokens, kind):
    return torch.tensor([token == kind for token in tokens])


@share_to.misconception(
    "You took the rows: where these tokens look. Asked is who looks *at them*, the columns."
)
def rows_of_kind(attention, tokens, kind):
    return attention[:, :, of_kind(tokens, kind)].sum(2).mean((1, 2))


@share_to.naively(rows_of_kind)
def rows_of_kind_naively(attention, tokens, kind):
    rows = []
    for i in range(len(tokens)):
        if tokens[i] == kind:
            rows.append(attention[:, :, i].sum(-1))
    return torch.stack(rows).mean((0, 2))


@share_to.misconception("You took only the first token of this kind; there may be several.")
def first_of_kind(attention, tokens, kind):
    return attention[..., tokens.index(kind)].mean((1, 2))


@share_to.naively(first_of_kind)
def first_of_kind_naively(attention, tokens, kind):
    column = 0
    for i in range(len(tokens)):
        if tokens[i] == kind:
            column = i
            break
    shares = torch.zeros(len(attention))
    for layer in range(len(attention)):
        shares[layer] = attention[layer, :, :, column].mean()
    return shares


@share_to.misconception(
    "You took the mean over the tokens of this kind; the weight on them *together* is the sum."
)
def mean_of_kind(attention, tokens, kind):
    return attention[..., of_kind(tokens, kind)].mean((1, 2, 3))


@share_to.naively(mean_of_kind)
def mean_of_kind_naively(attention, tokens, kind):
    places = [i for i in range(len(tokens)) if tokens[i] == kind]
    shares = []
    for layer in attention:
        shares.append(layer[:, :, places].mean())
    return torch.stack(shares)


@share_to.misconception("You kept the heads apart; take the mean over them too.")
def every_head(attention, tokens, kind):
    return attention[..., of_kind(tokens, kind)].sum(-1).mean(2)


@share_to.naively(every_head)
def every_head_naively(attention, tokens, kind):
    shares = torch.zeros(attention.shape[0], attention.shape[1])
    for i, token in enumerate(tokens):
        if token == kind:
            shares += attention[:, :, :, i].mean(dim=2)
    return shares


@share_to.misconception("You added over the tokens that look; take the mean over them.")
def sum_of_rows(attention, tokens, kind):
    return attention[..., of_kind(tokens, kind)].sum((2, 3)).mean(1)


@share_to.naively(sum_of_rows)
def sum_of_rows_naively(attention, tokens, kind):
    shares = torch.zeros(len(attention))
    for layer in range(len(attention)):
        mean = attention[layer].mean(dim=0)
        for i in range(len(tokens)):
            if tokens[i] == kind:
                shares[layer] += mean[:, i].sum()
    return shares


@share_to.misconception("You took the layers together; the sink differs from layer to layer.")
def all_layers(attention, tokens, kind):
    return attention[..., of_kind(tokens, kind)].sum(-1).mean()


@share_to.naively(all_layers)
def all_layers_naively(attention, tokens, kind):
    share = 0
    for i, token in enumerate(tokens):
        if token == kind:
            share = share + attention[:, :, :, i].mean()
    return share


@share_to.misconception(
    "You left out the tokens of the kind itself as lookers. Every token looks; average over all."
)
def others_only(attention, tokens, kind):
    there = of_kind(tokens, kind)
    return attention[..., there].sum(-1)[..., ~there].mean((1, 2))


@share_to.naively(others_only)
def others_only_naively(attention, tokens, kind):
    attention = attention.mean(dim=1)
    rows = []
    for i in range(len(tokens)):
        if tokens[i] != kind:
            row = torch.zeros(len(attention))
            for j in range(len(tokens)):
                if tokens[j] == kind:
                    row += attention[:, i, j]
            rows.append(row)
    return torch.stack(rows).mean(dim=0)


@share_to.alternative
def with_a_product(attention, tokens, kind):
    return (attention @ of_kind(tokens, kind).float()).mean((1, 2))


@share_to.alternative
def column_by_column(attention, tokens, kind):
    total = torch.zeros(attention.shape[0])
    for column, token in enumerate(tokens):
        if token == kind:
            total += attention[:, :, :, column].flatten(1).mean(1)
    return total


sink = choice(
    "8.4",
    key="B",
    points=1,
    minutes=3,
    feedback={
        "A": "[CLS] received the weight, but what arrives is weight times value, and its value is "
        "nearly zero.",
        "B": "0.8 goes to a value of almost nothing, and only 0.2 is left for all others. The "
        "weights must sum to 1, so a head that wants nothing needs a place to put them.",
        "C": "A weight says what share of the mixture a token has in one head, not what would be "
        "missing without it; and the mixture's share of [CLS] is nearly zero.",
        "D": "A head may rest on one word and work on another; a weight on one word cannot tell "
        "what would be lost.",
    },
)


# 8.5 Leave one out


def encoder_cases(seed: int) -> list[dict]:
    """A table of embeddings, vectors for the places, and the numbers of six or eight tokens."""
    rng = np.random.default_rng(seed)
    return [
        {
            "table": rng.normal(size=(12, 6)).astype("f4"),
            "places": rng.normal(size=(10, 6)).astype("f4"),
            "ids": np.r_[0, rng.integers(2, 12, words), 1].astype("i8"),
        }
        for words in (4, 6)
    ]


leave_one_out = Exercise(
    "8.5",
    "leave_one_out",
    points=3,
    minutes=12,
    difficulty=2,
    cases=encoder_cases,
    hints=(
        "One vector of all tokens first; then one for each token that is left out, in a loop.",
        "Without token i: `torch.cat([ids[:i], ids[i + 1:]])`. i runs from 1 to T − 2.",
        "Each of the T − 2 values is 1 − F.cosine_similarity(whole, part, dim=0).",
    ),
)


def without(ids, i):
    return torch.cat([ids[:i], ids[i + 1 :]])


def similarities(embed, ids, changed):
    whole = embed(ids)
    return torch.stack([F.cosine_similarity(whole, embed(part), dim=0) for part in changed])


@leave_one_out.misconception(
    "These are the similarities: large where *nothing* changes. The change is 1 − cosine."
)
def similarity(embed, ids):
    return similarities(embed, ids, [without(ids, i) for i in range(1, len(ids) - 1)])


@leave_one_out.naively(similarity)
def similarity_naively(embed, ids):
    whole = embed(ids)
    changes = []
    for i in range(1, len(ids) - 1):
        part = embed(torch.cat((ids[0:i], ids[i + 1 :])))
        changes.append((torch.dot(whole, part) / (whole.norm() * part.norm())).item())
    return torch.tensor(changes)


@leave_one_out.misconception("You left out the first and the last token too; these two stay.")
def every_token(embed, ids):
    return 1 - similarities(embed, ids, [without(ids, i) for i in range(len(ids))])


@leave_one_out.naively(every_token)
def every_token_naively(embed, ids):
    whole = embed(ids)
    changes = torch.zeros(len(ids))
    for i in range(len(ids)):
        numbers = ids.tolist()
        numbers.pop(i)
        part = embed(torch.tensor(numbers))
        changes[i] = 1 - F.cosine_similarity(whole, part, dim=0)
    return changes


@leave_one_out.misconception(
    "You kept one token and left out the others. Leave one out, and keep the others."
)
def only_one(embed, ids):
    kept = [torch.stack([ids[0], ids[i], ids[-1]]) for i in range(1, len(ids) - 1)]
    return 1 - similarities(embed, ids, kept)


@leave_one_out.naively(only_one)
def only_one_naively(embed, ids):
    whole = embed(ids)
    changes = []
    for i in range(1, len(ids) - 1):
        part = embed(ids[i : i + 1])
        changes.append(1 - F.cosine_similarity(whole, part, dim=0))
    return torch.stack(changes)


@leave_one_out.misconception(
    "You put another token in its place; left out means that the rest moves together."
)
def replaced(embed, ids):
    changed = []
    for i in range(1, len(ids) - 1):
        copy = ids.clone()
        copy[i] = ids[0]
        changed.append(copy)
    return 1 - similarities(embed, ids, changed)


@leave_one_out.naively(replaced)
def replaced_naively(embed, ids):
    whole = embed(ids)
    changes = []
    for i in range(1, len(ids) - 1):
        keep = torch.ones_like(ids)
        keep[i] = 0
        part = embed(ids * keep)
        changes.append(1 - F.cosine_similarity(whole, part, dim=0))
    return torch.stack(changes)


@leave_one_out.misconception(
    "The tokens left out pile up in your loop: after the first, two are missing, then three."
)
def piling_up(embed, ids):
    changed = [torch.cat([ids[:1], ids[i + 1 :]]) for i in range(1, len(ids) - 1)]
    return 1 - similarities(embed, ids, changed)


@leave_one_out.naively(piling_up)
def piling_up_naively(embed, ids):
    whole = embed(ids)
    changes = []
    for i in range(1, len(ids) - 1):
        ids = torch.cat([ids[:i], ids[i + 1 :]])
        changes.append(1 - F.cosine_similarity(whole, embed(ids), dim=0))
    return torch.stack(changes)


@leave_one_out.misconception("This is the Euclidean distance; asked is 1 − cosine.")
def euclidean(embed, ids):
    whole = embed(ids)
    return torch.stack([(whole - embed(without(ids, i))).norm() for i in range(1, len(ids) - 1)])


@leave_one_out.naively(euclidean)
def euclidean_naively(embed, ids):
    whole = embed(ids)
    changes = torch.zeros(len(ids) - 2)
    for i in range(1, len(ids) - 1):
        part = embed(torch.cat([ids[:i], ids[i + 1 :]]))
        changes[i - 1] = ((whole - part) ** 2).sum() ** 0.5
    return changes


@leave_one_out.alternative
def with_a_mask_of_tokens(embed, ids):
    whole = F.normalize(embed(ids), dim=0)
    places = torch.arange(len(ids))
    parts = [F.normalize(embed(ids[places != i]), dim=0) for i in places[1:-1]]
    return 1 - torch.stack(parts) @ whole


@leave_one_out.alternative
def by_hand(embed, ids):
    a, changes = embed(ids), torch.zeros(len(ids) - 2)
    for i in range(1, len(ids) - 1):
        b = embed(torch.tensor([number for k, number in enumerate(ids.tolist()) if k != i]))
        changes[i - 1] = 1 - (a * b).sum() / (a.norm() * b.norm())
    return changes


# 8.6 Attention rollout

rollout = Exercise(
    "8.6",
    "rollout",
    points=3,
    minutes=12,
    difficulty=2,
    cases=attention_cases,
    hints=(
        "First one matrix a layer: the mean over its heads, (T,T).",
        "Mix it with the identity, half and half: `(mixed + torch.eye(T)) / 2`.",
        "Start with the identity and multiply each layer's matrix from the *left*, layer 0 first.",
    ),
)


def multiplied(matrices):
    result = torch.eye(matrices[0].shape[-1])
    for matrix in matrices:
        result = matrix @ result
    return result


def half_identity(matrices):
    return (matrices + torch.eye(matrices.shape[-1])) / 2


@rollout.misconception(
    "You multiplied in the wrong order: layer 0 reads the tokens first, so it stands at the right."
)
def wrong_order(attention):
    return multiplied(half_identity(attention.mean(1)).flip(0))


@rollout.naively(wrong_order)
def wrong_order_naively(attention):
    identity = torch.eye(attention.shape[-1])
    result = identity
    for layer in range(len(attention)):
        mixed = attention[layer].mean(dim=0)
        result = torch.matmul(result, (mixed + identity) / 2)
    return result


@rollout.misconception("You left out the identity: each token keeps half of what it was.")
def without_identity(attention):
    return multiplied(attention.mean(1))


@rollout.naively(without_identity)
def without_identity_naively(attention):
    result = attention[0].mean(dim=0)
    for layer in range(1, len(attention)):
        result = torch.matmul(attention[layer].mean(dim=0), result)
    return result


@rollout.misconception("You added the identity without halving: your rows sum to more than 1.")
def not_halved(attention):
    return multiplied(attention.mean(1) + torch.eye(attention.shape[-1]))


@rollout.naively(not_halved)
def not_halved_naively(attention):
    result = torch.eye(attention.shape[-1])
    for layer in attention:
        mixed = layer.mean(dim=0)
        for i in range(len(mixed)):
            mixed[i, i] += 1
        result = mixed @ result
    return result


@rollout.misconception("You averaged the layers; rollout multiplies their matrices.")
def mean_of_layers(attention):
    return half_identity(attention.mean(1)).mean(0)


@rollout.naively(mean_of_layers)
def mean_of_layers_naively(attention):
    tokens = attention.shape[-1]
    result = torch.zeros(tokens, tokens)
    for layer in attention:
        result += 0.5 * layer.mean(dim=0) + 0.5 * torch.eye(tokens)
    return result / len(attention)


@rollout.misconception("You added up the heads; take their mean, so that rows sum to 1.")
def sum_of_heads(attention):
    return multiplied(half_identity(attention.sum(1)))


@rollout.naively(sum_of_heads)
def sum_of_heads_naively(attention):
    layers, heads, tokens, _ = attention.shape
    result = torch.eye(tokens)
    for layer in range(layers):
        mixed = torch.zeros(tokens, tokens)
        for head in range(heads):
            mixed += attention[layer, head]
        result = (mixed + torch.eye(tokens)) / 2 @ result
    return result


@rollout.misconception("You multiplied place by place (`*`); use the matrix product `@`.")
def place_by_place(attention):
    return half_identity(attention.mean(1)).prod(0)


@rollout.naively(place_by_place)
def place_by_place_naively(attention):
    identity = torch.eye(attention.shape[-1])
    result = identity
    for layer in attention:
        mixed = (layer.mean(dim=0) + identity) / 2
        result = mixed * result
    return result


@rollout.misconception(
    "Rows and columns are exchanged at the end: row i is what place i holds in the end."
)
def transposed(attention):
    return multiplied(half_identity(attention.mean(1))).T.contiguous()


@rollout.naively(transposed)
def transposed_naively(attention):
    identity = torch.eye(attention.shape[-1])
    result = identity
    for layer in attention:
        mixed = (layer.mean(dim=0) + identity) / 2
        result = result @ mixed.T
    return result


@rollout.alternative
def from_the_last_layer(attention):
    identity = torch.eye(attention.shape[-1])
    result = identity
    for layer in reversed(range(len(attention))):
        result = result @ (0.5 * attention[layer].mean(0) + 0.5 * identity)
    return result


@rollout.alternative
def with_multi_dot(attention):
    matrices = half_identity(attention.mean(1)).flip(0)
    return torch.linalg.multi_dot(list(matrices))


debate = choice(
    "8.7",
    key="A",
    points=1,
    minutes=3,
    feedback={
        "A": "It says what the weights are, in one head, and nothing more. Everything beyond that "
        "has to be tested.",
        "B": "The head took the same noun whatever the sentence meant. Knowing shows only where "
        "the answer has to change.",
        "C": "That is a claim about another sentence; leave the word out and measure it.",
        "D": "Important for what? One head's weight says nothing of the other heads, nor of how "
        "much arrives; leaving out and gradients measure that.",
    },
)


# 8.8 The best span


def span_cases(seed: int) -> list[dict]:
    """Logits of nine tokens of which the first three are the question's and the last is [SEP]."""
    rng = np.random.default_rng(seed)
    allowed = np.array([False] * 3 + [True] * 8 + [False])

    def case(**planted) -> dict:
        start, end = rng.uniform(0, 0.5, (2, 12)).astype("f4")
        down = np.float32(12 * (len(planted) % 4 > 1))  # logits may well all be negative
        for name, value in planted.items():
            row = start if name[0] == "s" else end
            row[int(name[1:])] = value
        return {"start": start - down, "end": end - down, "allowed": allowed, "longest": 3}

    return [
        case(s5=3, e6=3),  # plain
        case(s1=9, e11=9, s4=3, e5=3, s0=8, e2=8),  # the best lies outside the passage
        case(s8=4, e4=4, s6=3, e7=3),  # the best end stands before the best start
        case(s3=4, e10=4, s7=3, e8=3.5),  # the best pair is too long
        case(s4=4, s7=3, e9=4, e5=1.5),  # the span may have `longest` tokens exactly: 7 to 9
        case(s6=4, e6=4),  # one token
    ]


best_span = Exercise(
    "8.8",
    "best_span",
    points=3,
    minutes=15,
    difficulty=2,
    cases=span_cases,
    hints=(
        "All pairs at once: `start[:, None] + end[None, :]`, shape (T,T); row first, column last.",
        "Put −∞ where a pair is not possible: not allowed, last before first, or too long.",
        "`argmax()` of the table counts row by row: `divmod(place, T)` gives first and last.",
    ),
)


def best_of(start, end, possible):
    total = (start[:, None] + end[None, :]).where(possible, -torch.inf)
    return divmod(total.argmax().item(), len(start))


def conditions(start, allowed, longest):
    i = torch.arange(len(start))
    length = i[None, :] - i[:, None] + 1
    return allowed[:, None] & allowed[None, :], length >= 1, length <= longest


@best_span.misconception(
    "You took the best start and the best end one by one: they need not fit together."
)
def one_by_one(start, end, allowed, longest):
    start, end = (logits.where(allowed, -torch.inf) for logits in (start, end))
    return start.argmax().item(), end.argmax().item()


@best_span.naively(one_by_one)
def one_by_one_naively(start, end, allowed, longest):
    first = int(np.argmax(start.numpy()))
    last = int(np.argmax(end.numpy()))
    return first, last


@best_span.misconception("Your answer may end before it starts.")
def backwards(start, end, allowed, longest):
    inside, _, short = conditions(start, allowed, longest)
    return best_of(start, end, inside & short)


@best_span.naively(backwards)
def backwards_naively(start, end, allowed, longest):
    best = -math.inf
    for i in range(len(start)):
        for j in range(len(end)):
            if allowed[i] and allowed[j] and j - i + 1 <= longest:
                score = start[i] + end[j]
                if score > best:
                    best = score
                    first, last = i, j
    return first, last


@best_span.misconception("Your answer may lie outside the passage: look at `allowed`.")
def anywhere(start, end, allowed, longest):
    _, forward, short = conditions(start, allowed, longest)
    return best_of(start, end, forward & short)


@best_span.naively(anywhere)
def anywhere_naively(start, end, allowed, longest):
    best, first, last = -math.inf, 0, 0
    for i in range(len(start)):
        for j in range(i, i + longest):
            if j < len(end) and start[i] + end[j] > best:
                best = start[i] + end[j]
                first, last = i, j
    return first, last


@best_span.misconception("Your answer may be longer than `longest` tokens.")
def any_length(start, end, allowed, longest):
    inside, forward, _ = conditions(start, allowed, longest)
    return best_of(start, end, inside & forward)


@best_span.naively(any_length)
def any_length_naively(start, end, allowed, longest):
    inside = [i for i in range(len(allowed)) if allowed[i]]
    scores, pairs = [], []
    for i in inside:
        for j in inside:
            if j >= i:
                scores.append((start[i] + end[j]).item())
                pairs.append((i, j))
    return pairs[scores.index(max(scores))]


@best_span.misconception(
    "Your spans are one token too short: from 7 to 9 are three tokens, last − first + 1."
)
def one_too_short(start, end, allowed, longest):
    inside, forward, short = conditions(start, allowed, longest - 1)
    return best_of(start, end, inside & forward & short)


@best_span.naively(one_too_short)
def one_too_short_naively(start, end, allowed, longest):
    best, first, last = -math.inf, 0, 0
    for i in range(len(start)):
        for j in range(i, len(end)):
            if j - i >= longest - 1 or not allowed[i] or not allowed[j]:
                continue
            if start[i] + end[j] > best:
                best, first, last = start[i] + end[j], i, j
    return first, last


@best_span.misconception(
    "Your spans are one token too long: from 7 to 9 are three tokens, last − first + 1."
)
def one_too_long(start, end, allowed, longest):
    inside, forward, short = conditions(start, allowed, longest + 1)
    return best_of(start, end, inside & forward & short)


@best_span.naively(one_too_long)
def one_too_long_naively(start, end, allowed, longest):
    best, first, last = -math.inf, 0, 0
    for i in range(len(start)):
        for j in range(i, len(end)):
            if j - i > longest or not allowed[i] or not allowed[j]:
                continue
            if start[i] + end[j] > best:
                best, first, last = start[i] + end[j], i, j
    return first, last


@best_span.misconception(
    "You took the best start first and then the best end for it; another pair can be better "
    "together."
)
def greedy(start, end, allowed, longest):
    inside, forward, short = conditions(start, allowed, longest)
    first = start.where(allowed, -torch.inf).argmax().item()
    last = end.where((inside & forward & short)[first], -torch.inf).argmax().item()
    return first, last


@best_span.naively(greedy)
def greedy_naively(start, end, allowed, longest):
    masked = start.clone()
    masked[~allowed] = -1000
    first = int(masked.argmax())
    last = first
    for j in range(first, first + longest):
        if j < len(end) and allowed[j] and end[j] > end[last]:
            last = j
    return first, last


@best_span.misconception("You gave the length of the span; the second number is its last token.")
def start_and_length(start, end, allowed, longest):
    first, last = best_of(start, end, torch.stack(conditions(start, allowed, longest)).all(0))
    return first, last - first + 1


@best_span.naively(start_and_length)
def start_and_length_naively(start, end, allowed, longest):
    best, found = -math.inf, None
    for length in range(1, longest + 1):
        for i in range(len(start) - length + 1):
            j = i + length - 1
            if allowed[i] and allowed[j] and start[i] + end[j] > best:
                best = start[i] + end[j]
                found = (i, length)
    return found


@best_span.misconception(
    "Your best score starts at 0, and nothing is found where all sums are negative. Start at −∞."
)
def best_starts_at_zero(start, end, allowed, longest):
    best, found = 0.0, (0, 0)
    for i in range(len(start)):
        for j in range(i, min(i + longest, len(start))):
            if allowed[i] and allowed[j] and start[i] + end[j] > best:
                best, found = (start[i] + end[j]).item(), (i, j)
    return found


@best_span.naively(best_starts_at_zero)
def best_starts_at_zero_naively(start, end, allowed, longest):
    best, first, last = 0, None, None
    for i in range(len(start)):
        for j in range(len(end)):
            score = start[i] + end[j]
            possible = allowed[i] and allowed[j] and i <= j and j - i < longest
            if possible and score > best:
                best, first, last = score, i, j
    return first, last


@best_span.alternative
def with_two_loops(start, end, allowed, longest):
    best, found = -math.inf, None
    for i in range(len(start)):
        for j in range(i, min(i + longest, len(end))):
            if allowed[i] and allowed[j] and start[i] + end[j] > best:
                best, found = start[i] + end[j], (i, j)
    return found


@best_span.alternative
def with_triangles(start, end, allowed, longest):
    pairs = torch.exp(start - start.max())[:, None] * torch.exp(end - end.max())
    pairs = pairs * allowed[:, None] * allowed
    place = pairs.triu().tril(longest - 1).argmax()
    return place // len(start), place % len(start)
