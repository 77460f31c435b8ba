# %% wrong="8.1" mistake="softmax without dim: for a tensor with three axes torch then takes axis 0, so it runs over the heads"
def attention_weights(queries, keys):
    d = queries.shape[-1]
    scores = queries @ keys.transpose(1, 2) / math.sqrt(d)
    return F.softmax(scores)

# %% wrong="8.2" mistake="offset +1 is the token after, not the token before"
def previous_token_score(attention):
    return attention.diagonal(offset=1, dim1=-2, dim2=-1).mean(-1)

# %% wrong="8.6" mistake="the factors stand in the wrong order: the later layer has to be multiplied from the left"
def rollout(attention):
    mean = attention.mean(1)
    T = mean.shape[-1]
    result = torch.eye(T)
    for layer in mean:
        B = 0.5 * layer + 0.5 * torch.eye(T)
        result = result @ B
    return result

# %% wrong="8.3" mistake="tokens.index finds only the first token of that kind; the others are left out"
def share_to(attention, tokens, kind):
    place = tokens.index(kind)
    return attention[:, :, :, place].mean(dim=(1, 2))

# %% wrong="8.8" mistake="start and end are chosen independently, so the end may lie before the start or too far away"
def best_span(start, end, allowed, longest):
    s = start.masked_fill(~allowed, -float("inf"))
    e = end.masked_fill(~allowed, -float("inf"))
    return s.argmax().item(), e.argmax().item()

# %% wrong="8.5" mistake="returns the cosine itself instead of 1 minus the cosine"
def leave_one_out(embed, ids):
    whole = embed(ids)
    out = []
    for i in range(1, len(ids) - 1):
        without = embed(torch.cat([ids[:i], ids[i + 1:]]))
        out.append(F.cosine_similarity(whole, without, dim=0))
    return torch.stack(out)

# %% right="8.2" way="plain loop over the tokens that have one before them"
def previous_token_score(attention):
    L, H, T, _ = attention.shape
    total = torch.zeros(L, H)
    for i in range(1, T):
        total = total + attention[:, :, i, i - 1]
    return total / (T - 1)

# %% wrong="8.1" mistake="scales by the square root of the number of tokens T instead of d"
def attention_weights(queries, keys):
    d = keys.shape[1]
    return torch.softmax(torch.einsum("hid,hjd->hij", queries, keys) / d**0.5, dim=-1)

# %% wrong="8.6" mistake="the identity is missing: half of what a token was must stay with it"
def rollout(attention):
    A = attention.mean(dim=1)
    R = A[0]
    for l in range(1, len(A)):
        R = A[l] @ R
    return R

# %% wrong="8.2" mistake="divides by T, but the first token has none before it, so only T - 1 tokens count"
def previous_token_score(attention):
    L, H, T, T = attention.shape
    score = torch.zeros(L, H)
    for l in range(L):
        for h in range(H):
            s = 0
            for i in range(1, T):
                s += attention[l, h, i, i - 1]
            score[l, h] = s / T
    return score

# %% right="8.1" way="einsum in float64, softmax written out with exp"
def attention_weights(queries, keys):
    scores = torch.einsum("hid,hjd->hij", queries.double(), keys.double())
    scores = scores / math.sqrt(queries.size(2))
    scores = scores - scores.amax(dim=2, keepdim=True)
    e = scores.exp()
    return (e / e.sum(dim=2, keepdim=True)).to(queries.dtype)

# %% wrong="8.3" mistake="selects the rows of that kind, which is what these tokens give, not what they get"
def share_to(attention, tokens, kind):
    is_kind = torch.tensor([t == kind for t in tokens])
    given = attention[:, :, is_kind, :]
    return given.sum(2).mean((1, 2))

# %% wrong="8.5" mistake="the token is replaced by number 0 instead of being left out"
def leave_one_out(embed, ids):
    reference = embed(ids)
    effect = torch.zeros(len(ids) - 2)
    for i in range(1, len(ids) - 1):
        changed = ids.clone()
        changed[i] = 0
        effect[i - 1] = 1 - F.cosine_similarity(reference, embed(changed), dim=0)
    return effect

# %% wrong="8.8" mistake="off by one: a span with last - first equal to longest has longest + 1 tokens"
def best_span(start, end, allowed, longest):
    best, pair = -math.inf, (0, 0)
    for i in range(len(start)):
        for j in range(i, len(end)):
            if allowed[i] and allowed[j] and j - i <= longest:
                if start[i] + end[j] > best:
                    best = start[i] + end[j]
                    pair = (i, j)
    return pair

# %% wrong="8.1" mistake="softmax over axis 1 makes the columns sum to 1; the rows should"
def attention_weights(queries, keys):
    H, T, d = queries.shape
    weights = torch.zeros(H, T, T)
    for h in range(H):
        weights[h] = queries[h] @ keys[h].T / np.sqrt(d)
    return weights.softmax(dim=1)

# %% right="8.6" way="from the last layer down, multiplying from the right"
def rollout(attention):
    T = attention.shape[-1]
    eye = torch.eye(T, dtype=attention.dtype, device=attention.device)
    R = eye
    for layer in reversed(range(attention.shape[0])):
        R = R @ ((attention[layer].mean(0) + eye) / 2)
    return R

# %% wrong="8.6" mistake="multiplies the layers element by element (*) instead of as matrices (@)"
def rollout(attention):
    T = attention.shape[-1]
    B = 0.5 * attention.mean(1) + 0.5 * torch.eye(T)
    R = B[0]
    for b in B[1:]:
        R = b * R
    return R

# %% wrong="8.5" mistake="the tokens left out are never put back, so each round has one token fewer than the last"
def leave_one_out(embed, ids):
    v = embed(ids)
    moves = []
    rest = ids
    for i in range(1, len(ids) - 1):
        rest = torch.cat([rest[:1], rest[2:]])
        w = embed(rest)
        cos = (v @ w) / (v.norm() * w.norm())
        moves.append(1 - cos)
    return torch.stack(moves)

# %% right="8.3" way="mean over heads and rows first, then a product with a 0/1 vector"
def share_to(attention, tokens, kind):
    mask = torch.tensor([1.0 if t == kind else 0.0 for t in tokens])
    received = attention.mean(1).mean(1)
    return received @ mask.to(received)

# %% wrong="8.2" mistake="diagonal without dim1 and dim2 takes the axes of layers and heads, not those of the tokens"
def previous_token_score(attention):
    before = attention.diagonal(-1)
    return before.mean(-1)

# %% wrong="8.3" mistake="takes the mean over the tokens of that kind; their weights should be added up"
def share_to(attention, tokens, kind):
    columns = [j for j, t in enumerate(tokens) if t == kind]
    return attention[..., columns].mean((1, 2, 3))

# %% wrong="8.8" mistake="the best score starts at 0, so nothing is found where all sums are negative"
def best_span(start, end, allowed, longest):
    best = 0
    first = last = 0
    T = len(start)
    for i in range(T):
        if not allowed[i]:
            continue
        for j in range(i, min(i + longest, T)):
            if not allowed[j]:
                continue
            score = float(start[i]) + float(end[j])
            if score > best:
                best, first, last = score, i, j
    return first, last

# %% right="8.5" way="a boolean mask for each token, vectors normalised, one product at the end"
def leave_one_out(embed, ids):
    T = len(ids)

    def without(i):
        keep = torch.ones(T, dtype=torch.bool)
        keep[i] = False
        return embed(ids[keep])

    shorter = torch.stack([without(i) for i in range(1, T - 1)])
    whole = embed(ids)
    whole = whole / whole.norm()
    shorter = shorter / shorter.norm(dim=1, keepdim=True)
    return 1 - shorter @ whole

# %% right="8.8" way="all sums in one matrix, a band of permitted pairs, argmax of the flat matrix"
def best_span(start, end, allowed, longest):
    T = len(start)
    sums = start[:, None] + end[None, :]
    i = torch.arange(T)
    gap = i[None, :] - i[:, None]
    fine = allowed[:, None] & allowed[None, :] & (gap >= 0) & (gap < longest)
    sums = sums.masked_fill(~fine, -torch.inf)
    return divmod(int(sums.argmax()), T)
