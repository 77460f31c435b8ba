# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 · Inside BERT
#
# A language model reads with **attention**: every word decides how much it takes from every other
# word. These weights can be printed. That makes them look like an explanation that comes for free.
#
# You will compute them, draw them, search all heads for habits, and then test whether the weights
# say what mattered. After that the model fills gaps and answers questions, and you look at how an
# answer leaves the crowd of other words.
#
# You need: the softmax, the scalar product, the idea of a rank correlation. About 90 minutes.

# %% [markdown] slide="notes"
# Let the room guess first what the model view will show: nearly everybody expects grammar, and
# gets a fan of lines into one corner. That surprise carries the first half.

# %% tags=["setup"]
import copy
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tqdm.auto import tqdm

import helpers
from grading.notebook import check, panel, score
from helpers import attention as views
from helpers import explain, load, plot, text, widgets

DATA = Path(helpers.__file__).parents[1] / "data" / "08_bert"
MODEL = "minilm"  # or a BERT-like model of the hub: "bert-base-uncased"
QUESTIONS = "minilm"  # or a BERT trained on questions: "deepset/bert-base-cased-squad2"
tokenizer, model = load.bert(MODEL)
panel("08")

# %% [markdown]
# ## Tokens and word pieces
#
# BERT does not see letters or words but **tokens**: entries of a fixed list, its vocabulary. A
# frequent word is one token. A rare one is cut into **word pieces**; a piece that continues a word
# starts with `##`.
#
# Two tokens are added to every text: `[CLS]` in front, `[SEP]` behind. They stand for no word;
# remember them, they will be important in a way that nobody planned.
#
# **Predict:** which words of this sentence will be cut?

# %%
sentence = "The clockmaker's unbelievable otterhound slept, and nobody dared to wake it."
reading = text.read(tokenizer, model, sentence)
print(f"{tokenizer.vocab_size:,} entries in the vocabulary")
print(len(sentence.split()), "words,", len(reading.tokens), "tokens:", " ".join(reading.tokens))

# %% [markdown]
# Each token becomes a vector, the **embedding** of its entry and its place. Then come the layers.
# In each one, every vector takes something from the others and is changed by a small network. What
# comes out is called a **hidden state**.
#
# **How we count:** layers and heads from 0, everywhere in this lesson. Layer 0 is the first layer;
# `hidden[0]` is the embedding, before any layer, and `hidden[i + 1]` comes out of layer `i`.

# %%
L, H, T, _ = reading.attention.shape
print("attention", tuple(reading.attention.shape), "layers, heads, tokens, tokens")
print("hidden   ", tuple(reading.hidden.shape), "layers + 1, tokens, numbers a token")

# %% [markdown]
# ## Who looks at whom
#
# A layer has several **heads**. In each head a token $i$ asks with a vector $q_i$, its *query*;
# every token $j$ offers a *key* $k_j$ and a *value* $v_j$, each of $d$ numbers. The **attention
# weights**
#
# $$A_{ij} = \operatorname{softmax}_j\!\left(\frac{q_i \cdot k_j}{\sqrt d}\right)$$
#
# say how token $i$ mixes the values: it gets $\sum_j A_{ij} v_j$. Row $i$ says where token $i$
# looks, and its weights sum to 1: a token cannot look *nowhere*.

# %% [markdown]
# ### Exercise 8.1 · Attention weights
#
# Write `attention_weights(queries, keys)`. Both have shape (H,T,d): heads, tokens, numbers. Return
# the weights of every head, (H,T,T); row $i$ is where token $i$ looks.


# %% exercise="8.1"
def attention_weights(queries, keys):
    """Attention weights of each head: queries and keys (H,T,d) → (H,T,T), rows sum to 1."""
    ### BEGIN SOLUTION
    d = queries.shape[-1]
    return (queries @ keys.transpose(1, 2) / math.sqrt(d)).softmax(-1)
    ### END SOLUTION


# %% check="8.1"
attention_weights = check("8.1")

# %% [markdown]
# Now with the real queries and keys: each layer's linear maps make them from the hidden states
# that come in.


# %%
def in_heads(linear, states):
    """A layer's queries, keys or values, cut into heads: (T,width) → (H,T,d)."""
    with torch.no_grad():
        return linear(states.to(linear.weight.device)).cpu().unflatten(1, (H, -1)).transpose(0, 1)


for number, layer in enumerate(model.encoder.layer):
    inner, states = layer.attention.self, reading.hidden[number]
    ours = attention_weights(in_heads(inner.query, states), in_heads(inner.key, states))
    print(
        f"layer {number}: largest difference {(ours - reading.attention[number]).abs().max():.0e}"
    )

# %% [markdown]
# ## Every head at once
#
# The **model view**: one small drawing for each head. Left the tokens that look, right the tokens
# they look at, from [CLS] at the top to [SEP] at the bottom; a strong weight is a wide, dark line.
#
# **Predict:** will most heads link words that belong together?

# %%
reading = text.read(tokenizer, model, "My brother bought a car and he drives it every day.")
views.model_view(
    reading.tokens,
    reading.attention,
    " ".join(reading.tokens),
    "Parallel lines: a head looks at a neighbour. A fan: everybody looks at one token.",
)

# %% [markdown]
# A few heads draw parallel lines; most draw a fan into the upper right corner: everybody looks at
# [CLS]. We come to both.
#
# The **head view** shows one head. Choose a layer and a head; put the mouse on a token on the left
# to see where it looks, with the weights, or on one on the right to see who looks at it.


# %%
def one_head(layer, head):
    title = f"layer {layer}, head {head}"
    weights = reading.attention[layer, head]
    before, first = weights.diagonal(-1)[1:].mean(), weights[2:, 0].mean()
    caption = (
        f"Of a word's attention {before:.0%} goes to the token before it, {first:.0%} to [CLS]."
    )
    return views.head_view(reading.tokens, weights, title, caption)


widgets.choose(one_head, {"layer": range(L), "head": range(H)}, start=(0, 2))

# %% [markdown]
# ## What do heads do? Search
#
# You could click through all heads and find a story for each. Better: say first what you look for,
# give every head a score, and take the best. On a dozen sentences, not on one.

# %%
SENTENCES = [
    "The nurse helped the old man because he was lost in the rain.",
    "Anna lost her keys, so she walked home.",
    "The dog chased the ball until it rolled under the car.",
    "My brother bought a car and he drives it every day.",
    "The teacher read the letter and then she smiled.",
    "The children were tired when they came home.",
    "The ship left the harbour, and it sank in the storm.",
    "The king spoke to the people, and they listened.",
    "Rain fell all night. In the morning the river was high.",
    "A small boat with a red sail crossed the lake.",
    "He opened the door and looked at the garden.",
    "The cat sat on the mat, and the dog slept near the door.",
]
readings = [text.read(tokenizer, model, sentence) for sentence in SENTENCES]

# %% [markdown]
# ### Exercise 8.2 · The previous token
#
# Write `previous_token_score(attention)`: attention (L,H,T,T) → (L,H). The score of a head is the
# weight that a token gives to the token just before it, averaged over all tokens that have one
# before them.


# %% exercise="8.2"
def previous_token_score(attention):
    """Mean weight on the token before: (L,H,T,T) → (L,H)."""
    ### BEGIN SOLUTION
    return attention.diagonal(offset=-1, dim1=2, dim2=3).mean(-1)
    ### END SOLUTION


# %% check="8.2"
previous_token_score = check("8.2")

# %%
scores = torch.stack([previous_token_score(r.attention) for r in readings]).mean(0)
for place in scores.flatten().argsort(descending=True)[:3].tolist():
    print(f"layer {place // H}, head {place % H}: {scores.flatten()[place]:.3f}")

# %% [markdown]
# Four more habits, each as a table of *where it would look*: the next token, another occurrence of
# the same word, the token itself, the full stop. A head's score is the weight on these places,
# averaged over the words that have one.
#
# The last habit is harder: a **pronoun that finds its noun**. For eight sentences we write down who
# is meant.


# %%
def where(r, word):
    """The place of a word in a reading, large letters or small."""
    return [token.lower() for token in r.tokens].index(word)


SPECIAL = {tokenizer.cls_token, tokenizer.sep_token}
# of the first eight sentences the pronoun, and who is meant
PRONOUNS = [
    ("he", "man"),
    ("she", "anna"),
    ("it", "ball"),
    ("he", "brother"),
    ("she", "teacher"),
    ("they", "children"),
    ("it", "ship"),
    ("they", "people"),
]


# %%
def habits(tokens, pronoun=None):
    """Where a head with each habit would look: {habit: (T,T) of True and False}."""
    i, word = torch.arange(len(tokens)), torch.tensor([t not in SPECIAL for t in tokens])
    same = torch.tensor([[a == b for b in tokens] for a in tokens])
    itself = i[:, None] == i
    tables = {
        "previous token": i[:, None] == i + 1,
        "next token": i[:, None] == i - 1,
        "the token itself": itself,
        "same word elsewhere": same & ~itself,
        "the full stop": torch.tensor([t == "." for t in tokens]).expand_as(same),
    }
    if pronoun:
        who, whom = (torch.tensor([t.lower() == name for t in tokens]) for name in pronoun)
        tables["pronoun to its noun"] = who[:, None] & whom
    return {name: table & word[:, None] & word for name, table in tables.items()}


# %%
found = {}
for r, pronoun in zip(readings, PRONOUNS + [None] * 4):
    for name, table in habits(r.tokens, pronoun).items():
        rows = table.any(1)
        if rows.any():
            weight = (r.attention * table).sum(-1)[..., rows].mean(-1)
            found.setdefault(name, []).append(weight)
found = {name: torch.stack(values).mean(0) for name, values in found.items()}
best = {name: divmod(values.argmax().item(), H) for name, values in found.items()}

# %% tags=["cover"]
plot.matrix(
    list(found.values()),
    [f"{name}: {found[name].max():.2f}\nlayer {p[0]}, head {p[1]}" for name, p in best.items()],
    [(1, 0)] * len(found),
    "Dark: a head with this habit. A best one (framed) always exists; few are dark.",
    "The scores of all heads for six habits, pale but for a few heads.",
    xlabel="head",
    ylabel="layer",
    framed=list(best.values()),
    bar="mean weight",
    columns=2,
)

# %% [markdown]
# One head of MiniLM is a machine: all its weight lies on the previous token, in every sentence.
# Others are specialists, with a score between a third and two thirds. For "the token itself" no
# head stands out. A best one always exists; its score says whether that means anything.
#
# And one head seems to know grammar. Look at it at work.

# %%
layer, head = best["pronoun to its noun"]
hits = 0
for r, (pronoun, noun) in zip(readings, PRONOUNS):
    row = r.attention[layer, head, where(r, pronoun)].clone()
    row[[0, -1]] = 0  # [CLS] and [SEP] aside
    seen = r.tokens[row.argmax()].lower()
    hits += seen == noun
    print(f"{pronoun:5} → {seen:9} {row.max():.2f}   {' '.join(r.tokens[1:-1])}")
print(f"layer {layer}, head {head} finds the noun in {hits} of {len(PRONOUNS)} sentences")

# %%
only = torch.zeros(len(reading.tokens), 1)
only[where(reading, "he")] = 1  # the other tokens' lines are left out of the drawing
title = f"layer {layer}, head {head}: where “he” looks"
views.head_view(
    reading.tokens,
    only * reading.attention[layer, head],
    title,
    "One head, one word: it looks where a reader would.",
)

# %% [markdown]
# *He* looks at *brother*, and nobody ever taught it grammar. A convincing picture. Keep it in mind;
# it will be put to the test.

# %% [markdown]
# ## The sink
#
# First the fans. How much of all attention goes to tokens that stand for no word?

# %% [markdown]
# ### Exercise 8.3 · How much goes there
#
# Write `share_to(attention, tokens, kind)`: attention (L,H,T,T), `tokens` a list of T strings,
# `kind` one string such as `"[CLS]"`. For each layer: the weight that a token gives to all tokens
# equal to `kind` together, averaged over heads and over the tokens that look. Return (L,).


# %% exercise="8.3"
def share_to(attention, tokens, kind):
    """Attention paid to one kind of token, layer by layer: (L,H,T,T) → (L,)."""
    ### BEGIN SOLUTION
    there = torch.tensor([token == kind for token in tokens])
    return attention[..., there].sum(-1).mean((1, 2))
    ### END SOLUTION


# %% check="8.3"
share_to = check("8.3")

# %%
kinds = [tokenizer.cls_token, tokenizer.sep_token]
shares = {
    kind: torch.stack([share_to(r.attention, r.tokens, kind) for r in readings]).mean(0)
    for kind in kinds
}
shares["everything else"] = 1 - sum(shares.values())
plot.lines(
    range(L),
    {kind: values.tolist() for kind, values in shares.items()},
    "layer",
    "share of the attention",
    f"In {sum(shares[kinds[0]] > 0.5)} of {L} layers more than half of the attention goes to "
    f"{kinds[0]}, which stands for no word.",
)

# %% [markdown]
# In this model the **sink** is [CLS]; in bert-base it is mostly [SEP] (Clark et al., 2019). Is that
# token so important?
#
# A row must sum to 1, also where a head has nothing to do. What a token *receives* is
# $\sum_j A_{ij} v_j$: a weight times a value. So look at how long the values are (Kobayashi et al.,
# 2020).
#
# **Predict:** is the value of [CLS] longer or shorter than that of a word?


# %%
def value_lengths(r):
    """How long the value of each token is, in every layer and head: (L,H,T)."""
    layers = zip(model.encoder.layer, r.hidden)
    values = [in_heads(layer.attention.self.value, states) for layer, states in layers]
    return torch.stack(values).norm(dim=3)


sizes = torch.cat([value_lengths(r)[..., 1:-1] for r in readings], dim=2)
ends = torch.stack([value_lengths(r)[..., [0, -1]] for r in readings]).mean((0, 2))
plot.lines(
    range(L),
    {
        tokenizer.cls_token: ends[:, 0].tolist(),
        tokenizer.sep_token: ends[:, 1].tolist(),
        "words": sizes.mean((1, 2)).tolist(),
    },
    "layer",
    "mean length of the value vector",
    f"{tokenizer.cls_token} gets most of the attention and has the shortest value: little arrives.",
)

# %% [markdown]
# Much attention to a vector of almost nothing: the sink is how a head says "nothing here for me". A
# weight alone does not tell how much arrives.

# %% [markdown]
# ### Question 8.4 · A weight of 0.8 on [CLS]
#
# In one head of this model, the word *rain* gives 0.8 of its attention to [CLS], whose value there
# is nearly zero. What follows?
#
# - **A** [CLS] is the most important token for the meaning of *rain*.
# - **B** In this head, *rain* takes little from anywhere.
# - **C** Without [CLS], *rain* would lose four fifths of its meaning.
# - **D** The head is badly trained and could be left out without loss.

# %% exercise="8.4"
### BEGIN SOLUTION
answer_8_4 = "B"
### END SOLUTION

# %% check="8.4"
check("8.4")

# %% [markdown]
# ## Is attention an explanation?
#
# An explanation says what mattered. So compare attention with a measurement of what mattered: leave
# one token out and see how far the result moves.
#
# The result here is the **sentence vector**: the mean of the last hidden states, which is what this
# model was trained to give. How far it moves: 1 − cosine.

# %% [markdown]
# ### Exercise 8.5 · Leave one out
#
# Write `leave_one_out(embed, ids)`. `ids` (T,) are the numbers of the tokens, the first and the
# last of which stay; `embed` turns such a tensor, of any length, into a vector. Return for each of
# the T − 2 others: 1 − cosine of the vector with it and the vector without it, (T−2,).


# %% exercise="8.5"
def leave_one_out(embed, ids):
    """1 − cosine of the vectors with and without each inner token: ids (T,) → (T−2,)."""
    ### BEGIN SOLUTION
    whole = embed(ids)
    parts = [embed(torch.cat([ids[:i], ids[i + 1 :]])) for i in range(1, len(ids) - 1)]
    return torch.stack([1 - F.cosine_similarity(whole, part, dim=0) for part in parts])
    ### END SOLUTION


# %% check="8.5"
leave_one_out = check("8.5")


# %%
def embed(ids):
    """The vector of one sentence: (T,) → (width,)."""
    return text.embed(model, ids[None])[0]


def agreement_of(a, b):
    """Spearman's rank correlation of two rows of numbers: 1 is the same order, 0 unrelated."""
    return explain.rank_correlation(a.reshape(1, 1, 1, -1), b.reshape(1, 1, 1, -1)).item()


some = [0, 5, 9, 11]
effects = {i: leave_one_out(embed, readings[i].ids) for i in some}
received = {i: readings[i].attention.mean((0, 1, 2))[1:-1] for i in some}

# %% [markdown]
# The picture: for each word, how much the sentence vector moves without it, and how much attention
# it gets, as a mean over all layers, heads and tokens. Both as shares of the sentence.
#
# **Predict:** which words matter most? Which get most attention?


# %%
def two_shares(i):
    """What leaving out measures and what attention says, word by word."""
    shares = {
        "left out: the vector moves": effects[i] / effects[i].sum(),
        "attention received": received[i] / received[i].sum(),
    }
    return plot.bars(
        readings[i].tokens[1:-1],
        {name: share.tolist() for name, share in shares.items()},
        "share of the sentence",
        f"Rank correlation of the two {agreement_of(effects[i], received[i]):+.2f}; attention is "
        "spread more thinly.",
        f"Bars for the words of “{SENTENCES[i]}”",
        number="",
    )


widgets.choose(two_shares, {"sentence": [(SENTENCES[i], i) for i in some]})

# %% [markdown]
# The order of the words is much alike; the sizes are not: attention is spread thin. That was one
# way to turn weights into an explanation. There are many others: one layer, or the row of [CLS], or
# all layers multiplied.
#
# **Attention rollout** (Abnar & Zuidema, 2020) follows the weights through the layers. Each layer
# mixes by the mean of its heads $\bar A_l$, and keeps half of what a token was:
#
# $$R = B_{L-1} \cdots B_1 B_0,\qquad B_l = \tfrac12 \bar A_l + \tfrac12 I .$$

# %% [markdown]
# ### Exercise 8.6 · Attention rollout
#
# Write `rollout(attention)`: (L,H,T,T) → (T,T). Layer 0 comes first in the tensor and reads the
# tokens first. Row $i$ of the result says how much of each input token ends up at place $i$; it
# sums to 1.


# %% exercise="8.6"
def rollout(attention):
    """Attention followed through all layers: (L,H,T,T) → (T,T), rows sum to 1."""
    ### BEGIN SOLUTION
    identity = torch.eye(attention.shape[-1])
    result = identity
    for mixed in attention.mean(1):
        result = (mixed + identity) / 2 @ result
    return result
    ### END SOLUTION


# %% check="8.6"
rollout = check("8.6")

# %% [markdown]
# Now four summaries against leaving out, on all twelve sentences; words only. Each is made twice:
# from the weights, and from **weight × length of the value**, which knows about the sink. Beside
# them two rivals: random numbers, and the **gradient**: how fast the sentence vector moves when a
# token's embedding does (its length, from 8 random directions).
#
# **Predict:** which one is best? Is any one no better than random?


# %%
def carried(r):
    """Weight times length of the value, rows summing to 1 again: (L,H,T,T)."""
    product = r.attention * value_lengths(r)[:, :, None]
    return product / product.sum(-1, keepdim=True)


summaries = {
    "last layer": lambda a: a[-1].mean((0, 1)),
    "all layers": lambda a: a.mean((0, 1, 2)),
    "layer 0": lambda a: a[0].mean((0, 1)),
    "rollout": lambda a: rollout(a).mean(0),
}


# %%
def gradient_length(ids):
    """How strongly each token's embedding moves the sentence vector: (T,) → (T,)."""
    on = next(model.parameters()).device
    start = model.get_input_embeddings()(ids[None].to(on)).detach().requires_grad_(True)
    vector = F.normalize(model(inputs_embeds=start).last_hidden_state[0].mean(0), dim=0)
    rays = torch.randn(8, len(vector), generator=torch.Generator().manual_seed(0)).to(on)
    slopes = [torch.autograd.grad(vector @ ray, start, retain_graph=True)[0] for ray in rays]
    return torch.cat(slopes).norm(dim=2).mean(0).cpu()


slopes = [gradient_length(r.ids) for r in readings]

# %%
measured = [leave_one_out(embed, r.ids) for r in readings]
rivals = {"gradient": slopes}
for name, summary in summaries.items():
    rivals[f"{name}:\nweights"] = [summary(r.attention) for r in readings]
    rivals[f"{name}:\n× length"] = [summary(carried(r)) for r in readings]
chance = torch.Generator().manual_seed(0)
rivals["random"] = [torch.rand(len(r.ids), generator=chance) for r in readings]
agreement = {
    name: [agreement_of(truth, scores[1:-1]) for truth, scores in zip(measured, lists)]
    for name, lists in rivals.items()
}

# %%
plot.strips(
    agreement,
    "rank correlation with leaving out",
    "With the length of what they carry (triangles) all summaries agree better; rollout of the "
    "bare weights does no better than random. A mark is a sentence, a line the mean.",
    xlim=(-1, 1.05),
    marked=[name for name in agreement if "×" in name],
    line=(0, "unrelated"),
)

# %% [markdown]
# "Attention" is not one thing. The weights of the last layer, just before the mean that makes the
# vector, agree well; those of layer 0 hardly. And rollout, the one with a theory, does no better
# than random: it follows the weights into the sink. Count the length of what they carry, and
# *every* summary agrees better, rollout most of all.
#
# The gradient agrees best. And leaving out is no truth either: a sentence without a word may be a
# sentence that nobody would write.

# %% [markdown]
# ## Both sides
#
# **Jain & Wallace, "Attention is not Explanation" (2019):** in their models attention hardly agrees
# with gradients and with leaving out; and one can find quite different weights for which the model
# says the same.
#
# **Wiegreffe & Pinter, "Attention is not not Explanation" (2019):** weights found for one input at
# a time are not a model. Train a model to give other weights everywhere, and it does worse; so
# weights are not arbitrary. Whether they are *an* explanation depends on what you ask of one:
# something plausible to a reader, or something faithful to the computation.
#
# So: agreement is measured, not assumed. Now test the beautiful head.

# %% [markdown]
# ## Convincing, and not the reason
#
# "The doctor visited the patient because he was **kind**." Who was kind? "… because he was
# **ill**." Who was ill? One word decides whom *he* means. If the pronoun's head finds out who is
# meant, it must change its mind with that word.
#
# **Predict:** in how many of the six pairs will it?

# %%
PAIRS = [
    ("The doctor visited the patient because he was {}.", "kind ill", "he doctor patient"),
    ("The man could not lift his son because he was so {}.", "weak heavy", "he man son"),
    ("Anna thanked Maria because she had {} help.", "received given", "she anna maria"),
    ("The cat chased the mouse because it was {}.", "hungry slow", "it cat mouse"),
    ("The ball broke the table because it was made of {}.", "steel glass", "it ball table"),
    (
        "The trophy did not fit the suitcase because it was too {}.",
        "big small",
        "it trophy suitcase",
    ),
]

# %%
layer, head = best["pronoun to its noun"]
changed = 0
for pattern, words, names in PAIRS:
    (pronoun, *nouns), choices = names.split(), []
    for word, meant in zip(words.split(), nouns):
        r = text.read(tokenizer, model, pattern.format(word))
        row = r.attention[layer, head, where(r, pronoun)]
        weight = {noun: row[where(r, noun)].item() for noun in nouns}
        choices.append(max(weight, key=weight.get))
        said = ", ".join(f"{noun} {value:.2f}" for noun, value in weight.items())
        print(f"{word:9} {pronoun} means {meant:9} the head looks at: {said}")
    changed += choices[0] != choices[1]
print(f"it changes its mind in {changed} of {len(PAIRS)} pairs")

# %% [markdown]
# It takes the same noun whatever the sentence means: it finds *a* noun that fits. A picture for one
# sentence of each pair would have been a perfect explanation.
#
# Perhaps another head knows. Search them all for the right noun in *both* sentences of a pair.

# %%
right = torch.zeros(L, H)
for pattern, words, names in PAIRS:
    pronoun, *nouns = names.split()
    prefers_first = []
    for word in words.split():
        r = text.read(tokenizer, model, pattern.format(word))
        row = r.attention[:, :, where(r, pronoun)]
        first, second = (row[..., where(r, noun)] for noun in nouns)
        prefers_first.append(first > second)
    right += prefers_first[0] & ~prefers_first[1]
print(f"the best of {L * H} heads is right in {right.max():.0f} of {len(PAIRS)} pairs")

# %% [markdown]
# No head follows the meaning. (A larger model may well have one: try it.)
#
# And does the model need this head? **Knock out** each head in turn: set the weights that carry its
# output to zero. How far does the pronoun's last hidden state move (1 − cosine)?

# %% tags=["long"]
batch = tokenizer(SENTENCES[: len(PRONOUNS)], padding=True, return_tensors="pt")
at = [where(r, pronoun) for r, (pronoun, _) in zip(readings, PRONOUNS)]


def pronoun_states(network):
    """The last hidden state of the pronoun in each of the sentences: (8,width)."""
    with torch.no_grad():
        states = network(**batch.to(network.device)).last_hidden_state.cpu()
    return states[range(len(at)), at]


whole, d = pronoun_states(model), model.config.hidden_size // H
moved, cut = torch.zeros(L, H), copy.deepcopy(model)
for i in tqdm(range(L), desc="layers"):
    carries = cut.encoder.layer[i].attention.output.dense.weight
    for h in range(H):
        kept = carries.clone()
        carries[:, h * d : (h + 1) * d] = 0
        moved[i, h] = 1 - F.cosine_similarity(whole, pronoun_states(cut)).mean()
        carries.copy_(kept)

# %%
order = moved.flatten().argsort(descending=True).tolist()
rank = order.index(layer * H + head) + 1
plot.bars(
    range(1, len(order) + 1),
    {"": moved.flatten()[order].tolist()},
    "1 − cosine",
    f"{rank - 1} heads without a story matter more to the pronoun than the one that finds a noun.",
    f"{len(order)} falling bars; the pronoun's head, black, is number {rank}",
    number="",
    xlabel="head, from the one that matters most",
    size=(7.2, 3.0),
    notes={rank: f"the pronoun's head (number {rank})"},
)

# %% [markdown]
# The head that finds a noun is in the first quarter: it does something. And more than a dozen heads
# without any story do more, even for the pronoun itself. A weight shows where a head looks. Not
# that the result depends on it, and not why.

# %% [markdown]
# ### Question 8.7 · Which sentence may you write?
#
# In a report about a model like this one, which claim is supported by a picture of attention
# weights alone?
#
# - **A** "In this head, *he* puts most of its weight on *brother*."
# - **B** "The model knows that *he* means *brother*."
# - **C** "Without *brother*, the model would understand *he* differently."
# - **D** "*brother* is the most important word of the sentence to the model."

# %% exercise="8.7"
### BEGIN SOLUTION
answer_8_7 = "A"
### END SOLUTION

# %% check="8.7"
check("8.7")

# %% [markdown]
# ## Mask and predict
#
# BERT was made by covering words and guessing them. The packaged model has no such head; one was
# trained for this course, small and in short time. The first cell prints how often its first guess
# is right on held-out text (top-1), and how often one of five is (top-5). So a wrong guess is no
# accident but something to look at: what did it take the gap for?
#
# Press a word to cover it. **Predict** first: which of them could you guess yourself?

# %%
held_out = json.loads((DATA.parent / "adapters" / "held_out.json").read_text())


def reached(task):
    """Print what the packaged model reaches on text that it was not trained on."""
    for name, figures in held_out.items():
        if name.startswith(task):
            said = ", ".join(f"{what.replace('_', ' ')} {value}" for what, value in figures.items())
            print(f"{name} on held-out text: {said}")


reached("masked_lm")
gap_tokenizer, gap_model = load.masked_lm(MODEL)
sentence = "The officer said that she was tired because the night was long."
words = text.read(tokenizer, model, sentence).tokens


# %%
def with_mask(tokens, i):
    """The sentence with token i covered."""
    covered = [*tokens[1:i], gap_tokenizer.mask_token, *tokens[i + 1 : -1]]
    return gap_tokenizer.convert_tokens_to_string(covered)


# %%
def guesses(i):
    """The five best guesses for token i, as bars, and the covered word, striped."""
    top = text.predict_masked(gap_tokenizer, gap_model, with_mask(words, i))
    if words[i] not in dict(top):
        p = text.masked_probabilities(gap_tokenizer, gap_model, with_mask(words, i))
        top.append((words[i], p[gap_tokenizer.convert_tokens_to_ids(words[i])].item()))
    place = [word for word, _ in sorted(top, key=lambda pair: -pair[1])].index(words[i]) + 1
    best = f"guess number {place}" if place <= 5 else "not among its five guesses"
    return plot.barh(
        {with_mask(words, i): top},
        "probability",
        f"The covered word, “{words[i]}”, is {best}.",
        number=".3f",
        xlim=(0, 1),
        notes={words[i]: "(covered)"},
    )


inner = list(enumerate(words))[1:-1]
widgets.choose(guesses, {"cover": [(word, i) for i, word in inner]}, buttons=True)

# %% [markdown]
# ## Change the sentence
#
# Cover the pronoun and change the profession. The model has read who is called *he* and who *she*;
# its probabilities report the texts, not the world.
#
# **Predict:** for which profession is *she* most probable? Is it ever more probable than *he*?

# %%
JOBS = ["officer", "engineer", "doctor", "teacher", "nurse", "king", "queen"]
he, she = gap_tokenizer.convert_tokens_to_ids(["he", "she"])
p = torch.stack(
    [
        text.masked_probabilities(
            gap_tokenizer, gap_model, f"The {job} said that {gap_tokenizer.mask_token} was tired."
        )[[he, she]]
        for job in JOBS
    ]
)
plot.bars(
    JOBS,
    {"he": p[:, 0].tolist(), "she": p[:, 1].tolist()},
    "probability",
    "“The … said that [MASK] was tired.” What the texts said of professions, the model repeats.",
)

# %% [markdown]
# Now the other way round: *she* becomes *he*, and you look at what moves elsewhere. Cover each
# other word in both sentences and compare the two lists of probabilities $p$ and $q$: half of
# $\sum_w |p_w - q_w|$ is the probability that has moved, between 0 and 1.


# %%
def moved_probability(first, second):
    """For each place where two sentences agree: how much probability moves between them."""
    moves = []
    for i in range(1, len(first) - 1):
        if first[i] == second[i]:
            p, q = (
                text.masked_probabilities(gap_tokenizer, gap_model, with_mask(tokens, i))
                for tokens in (first, second)
            )
            moves.append((first[i], ((p - q).abs().sum() / 2).item()))
    return moves


# %%
moves = {}
for old, new in {"she": "he", "officer": "nurse"}.items():
    other = [new if word == old else word for word in words]
    moves[f"{old} → {new}"] = moved_probability(words, other)
pair, word, most = max(((p, *m) for p, ms in moves.items() for m in ms), key=lambda m: m[2])
caption = f"One word changes the others: {pair} moves {most:.2f} of the probability at “{word}”."
plot.barh(moves, "probability that moves", caption)

# %% [markdown]
# This is an explanation in the sense of lesson 04: change the input, ask again, compare. It needs
# no weights, and it says what *would* be different. Try other pairs; the table can surprise you
# about people and about the model.

# %% [markdown]
# ## Questions and answers
#
# Another head, also trained for this course: for a question and a passage it gives every token two
# logits, one for *the answer starts here*, one for *it ends here*. The answer is the span that
# scores best. Three passages were written for this lesson, so no model can have read them.

# %%
reached("question_answering")
qa_tokenizer, qa_model = load.question_answering(QUESTIONS)
passages = json.loads((DATA / "passages.json").read_text(encoding="utf-8"))
for each in passages:
    print(f"{each['passage']}\n   {each['question']}  [{each['answer']}]\n")

# %% [markdown]
# ### Exercise 8.8 · The best span
#
# Write `best_span(start, end, allowed, longest)`: the logits (T,) and `allowed` (T,), True for the
# tokens of the passage. Return two whole numbers, the first and the last token of the best answer:
# the pair with the largest start[first] + end[last] where both are allowed, the last is not before
# the first, and the span has at most `longest` tokens.


# %% exercise="8.8"
def best_span(start, end, allowed, longest):
    """First and last token of the best answer: three (T,) and a number → two integers."""
    ### BEGIN SOLUTION
    total = start[:, None] + end[None, :]
    i = torch.arange(len(start))
    length = i[None, :] - i[:, None] + 1
    possible = allowed[:, None] & allowed[None, :] & (length >= 1) & (length <= longest)
    first, last = divmod(total.where(possible, -torch.inf).argmax().item(), len(start))
    return first, last
    ### END SOLUTION


# %% check="8.8"
best_span = check("8.8")

# %%
answers = []
for each in passages:
    question, passage = each["question"], each["passage"]
    ids = text.read(qa_tokenizer, qa_model, question, passage).ids
    start, end, allowed = text.span_scores(qa_tokenizer, qa_model, question, passage)
    first, last = best_span(start, end, allowed, 15)
    answers.append(qa_tokenizer.decode(ids[first : last + 1]))
    sure = text.answer_question(qa_tokenizer, qa_model, question, passage)[3]
    print(f"{question}\n   it says: {answers[-1]}   (p = {sure:.2f})   right: {each['answer']}")

# %% [markdown]
# ## The answer leaves the crowd
#
# Where in the layers is the answer found? Take the hidden states of all tokens after each layer and
# project them to the plane in which they are spread most (PCA, for each layer anew). Move the
# slider from the embedding to the last layer and watch the stars: the tokens of the right answer.


# %%
def parts_of(each):
    """Hidden states of a question and its passage, and which tokens are which."""
    r = text.read(qa_tokenizer, qa_model, each["question"], each["passage"])
    encoded = qa_tokenizer(each["question"], each["passage"])
    kind = ["special" if k is None else ("question", "passage")[k] for k in encoded.sequence_ids()]
    begin = each["passage"].index(each["answer"])
    inside = range(begin, begin + len(each["answer"]))
    for i in range(len(kind)):
        if kind[i] == "passage" and encoded.token_to_chars(i).start in inside:
            kind[i] = "answer"
    return r, np.array(kind)


known = [parts_of(each) for each in passages]
MARKS = {
    "passage": ("o", plot.COLOURS[5], 25),
    "question": ("^", plot.COLOURS[1], 40),
    "special": ("x", "#666666", 40),
    "answer": ("*", "black", 190),
}


# %%
def plane(i):
    """Hidden states `hidden[i]` of the three passages, in the plane of largest spread."""
    panels, far = {}, 0
    for (r, kind), each in zip(known, passages):
        centred = r.hidden[i] - r.hidden[i].mean(0)
        _, _, directions = torch.linalg.svd(centred, full_matrices=False)
        places = centred @ directions[:2].T
        panels[each["question"]] = {name: places[kind == name] for name in MARKS}
        ours, crowd = (places[kind == name].norm(dim=1).mean() for name in ("answer", "passage"))
        far += int(ours > 2 * crowd)
    after = "In the embedding" if i == 0 else f"After layer {i - 1}"
    said = (
        f"{after}, the stars lie twice as far out as the crowd in {far} of {len(panels)} passages."
    )
    seen = "The tokens of three passages as clouds of marks"
    return plot.scatter(panels, caption=said, alt=seen, marks=MARKS)


widgets.slider(plane, range(len(known[0][0].hidden)), "hidden", start=5)

# %% [markdown]
# A plane shows two of several hundred dimensions, so measure it in all of them. How far is the
# answer from the centre of the passage, compared with the passage's other tokens? 1 means: inside
# the crowd. As a control, the same for the bare model, which nobody taught to answer anything.


# %%
def outside(hidden, kind):
    """Distance of the answer from the crowd's centre, over the crowd's own: (layers + 1,)."""
    crowd = hidden[:, kind == "passage"]
    centre = crowd.mean(1, keepdim=True)
    ours, theirs = (
        (states - centre).norm(dim=2).mean(1) for states in (hidden[:, kind == "answer"], crowd)
    )
    return (ours / theirs).tolist()


bare = [text.read(tokenizer, model, each["question"], each["passage"]) for each in passages]

# %%
MARKED = {"trained on questions": ("*", "black", 36), "bare model": ("o", plot.COLOURS[1], 36)}
curves = {}
for (r, kind), plain, each in zip(known, bare, passages):
    panel = {"trained on questions": outside(r.hidden, kind)}
    if len(plain.tokens) == len(kind):  # the bare model cuts words alike
        panel["bare model"] = outside(plain.hidden, kind)
    curves[f"{each['title']}: {each['answer']}"] = panel
far = [sum(panel.get(n, [0])[-1] > 2 for panel in curves.values()) for n in MARKED]
plot.line_panels(
    range(len(known[0][0].hidden)),
    curves,
    "hidden state",
    "distance from the crowd",
    f"{far[0]} of {len(curves)} right answers end far outside the crowd, where they are easy to "
    f"cut off; in the bare model {far[1]}.",
    marks=MARKED,
    line=(1, "in the\ncrowd"),
)

# %% [markdown]
# If a curve ends far above 1, the model has pulled that answer out; read off at which layer it
# begins, and whether the bare model does it too. Then the head has an easy task: cut off what lies
# outside.
#
# All three answers are right, so these curves cannot say what a wrong one looks like. Put a
# question that the model gets wrong into the first of them, and compare.

# %% [markdown]
# ## Right for which reason?
#
# Emily's question needs two steps: what *is* she, and what are *these* afraid of? Change what she
# is. The passage stays the same otherwise, so an answer that came in two steps must change with it.
#
# **Predict:** will it follow?

# %%
two_steps = passages[2]
followed = 0
for animal, fear in {"frog": "storks", "rabbit": "foxes", "sparrow": "hawks"}.items():
    changed = two_steps["passage"].replace("Emily is a frog", f"Emily is a {animal}")
    said, _, _, sure = text.answer_question(qa_tokenizer, qa_model, two_steps["question"], changed)
    followed += fear in said
    print(f"Emily is a {animal:8} right: {fear:7} it says: {said}   (p = {sure:.2f})")
print(f"right in {followed} of 3")

# %% [markdown]
# One right answer proves little: somebody who always says the same is right once in three. Only the
# changed passages tell a chain of two steps from a lucky guess. The same test that exposed the
# pronoun's head: change what ought to matter, and see if it does.

# %% [markdown]
# ## What to take away
#
# - Attention weights are a softmax: they must go somewhere. Half of them go to a sink.
# - Say what you look for, search all heads, on many sentences.
# - A weight says where a head looks, not how much arrives and not what depends on it.
# - Some summaries of attention agree with leaving out, others not at all; with the length of the
#   values they agree better. Measure yours.
# - A convincing picture for one sentence is a hypothesis; test it with the sentence changed.
# - Masking and changing words asks the model itself, and needs no look inside.

# %% [markdown]
# ## How far am I?

# %% check="score"
score("08")
