# %% wrong="9.1" mistake="divides by the norm along dim 0, which is a length for each coordinate and not for each vector"
def cosine_matrix(vectors):
    unit = vectors / vectors.norm(dim=0, keepdim=True)
    return unit @ unit.T

# %% wrong="9.2" mistake="the square root is missing: these are squared distances"
def euclidean_matrix(vectors):
    diff = vectors[:, None, :] - vectors[None, :, :]
    return (diff**2).sum(-1)

# %% wrong="9.7" mistake="sets the diagonal to 0, which is still the largest where all similarities are negative"
def nearest(similarities):
    s = similarities.clone()
    s.fill_diagonal_(0)
    return s.argmax(dim=1)

# %% wrong="9.4" mistake="ties are not counted at all; they should count half"
def auc(within, across):
    return (within[:, None] > across[None, :]).float().mean()

# %% wrong="9.3" mistake="solved the wrong way round: this is 2 - 2 d squared, not 1 - d squared over 2"
def cosine_from_distance(distances):
    return 2 - 2 * distances**2

# %% right="9.1" way="F.cosine_similarity with broadcasting"
def cosine_matrix(vectors):
    return F.cosine_similarity(vectors[:, None, :], vectors[None, :, :], dim=-1)

# %% wrong="9.6" mistake="the mean includes the diagonal, the cosine of each vector with itself"
def anisotropy(vectors):
    unit = F.normalize(vectors, dim=1)
    return (unit @ unit.T).mean()

# %% wrong="9.1" mistake="cosine_similarity compares each row with itself only and returns N ones instead of (N,N)"
def cosine_matrix(vectors):
    return F.cosine_similarity(vectors, vectors)

# %% wrong="9.2" mistake="adds up absolute differences: that is the Manhattan distance"
def euclidean_matrix(vectors):
    N = len(vectors)
    out = torch.zeros(N, N)
    for i in range(N):
        for j in range(N):
            out[i, j] = (vectors[i] - vectors[j]).abs().sum()
    return out

# %% wrong="9.6" mistake="triu leaves zeros below, and mean counts them too, so the result is less than half of what it should be"
def anisotropy(vectors):
    lengths = vectors.norm(dim=1)
    cos = vectors @ vectors.T / (lengths[:, None] * lengths[None, :])
    return torch.triu(cos, diagonal=1).mean()

# %% right="9.4" way="numpy, sorted across and searchsorted from both sides"
def auc(within, across):
    w = np.asarray(within)
    a = np.sort(np.asarray(across))
    below = np.searchsorted(a, w, side="left")
    ties = np.searchsorted(a, w, side="right") - below
    return float((below + 0.5 * ties).sum() / (len(w) * len(a)))

# %% wrong="9.4" mistake="zip compares the first with the first and so on, not every one with every one"
def auc(within, across):
    count, total = 0.0, 0
    for w, a in zip(within, across):
        if w > a:
            count += 1
        elif w == a:
            count += 0.5
        total += 1
    return count / total

# %% wrong="9.7" mistake="s is no copy: the diagonal of the matrix that was given is overwritten"
def nearest(similarities):
    s = similarities
    for i in range(len(s)):
        s[i, i] = -float("inf")
    return s.argmax(1)

# %% wrong="9.1" mistake="divides by the squared length of the row's own vector instead of by the product of both lengths"
def cosine_matrix(vectors):
    dots = torch.matmul(vectors, vectors.T)
    lengths = torch.sqrt((vectors * vectors).sum(1, keepdim=True))
    return dots / lengths**2

# %% wrong="9.3" mistake="clamping at 0 loses the negative cosines of vectors that point apart"
def cosine_from_distance(distances):
    cos = 1 - distances.pow(2) / 2
    return cos.clamp(0, 1)

# %% right="9.3" way="by the angle: the distance is 2 sin of half the angle"
def cosine_from_distance(distances):
    half = torch.asin((distances.double() / 2).clamp(max=1))
    return torch.cos(2 * half).to(distances.dtype)

# %% wrong="9.6" mistake="compares only neighbouring rows instead of all pairs"
def anisotropy(vectors):
    total = 0
    for i in range(len(vectors) - 1):
        total = total + F.cosine_similarity(vectors[i], vectors[i + 1], dim=0)
    return total / (len(vectors) - 1)

# %% wrong="9.2" mistake="rounding makes some squares slightly negative, for example on the diagonal, and their root is nan; clamp them at 0 first"
def euclidean_matrix(vectors):
    sq = (vectors**2).sum(1)
    return torch.sqrt(sq[:, None] + sq[None, :] - 2 * vectors @ vectors.T)

# %% right="9.2" way="row by row in float64"
def euclidean_matrix(vectors):
    v = vectors.double()
    rows = []
    for a in v:
        rows.append((v - a).square().sum(dim=1).sqrt())
    return torch.stack(rows).to(vectors.dtype)

# %% wrong="9.4" mistake="divides by n times n instead of by n times m"
def auc(within, across):
    n = len(within)
    m = len(within)
    wins = 0
    for w in within:
        wins += (w > across).sum() + 0.5 * (w == across).sum()
    return wins / (n * m)

# %% wrong="9.7" mistake="takes the second largest of each row, but the item itself need not be the largest of its row"
def nearest(similarities):
    order = similarities.argsort(dim=1, descending=True)
    return order[:, 1]

# %% right="9.6" way="square of the summed unit vectors, less the N ones of the diagonal"
def anisotropy(vectors):
    v = vectors.double()
    v = v / v.norm(dim=1, keepdim=True)
    n = v.shape[0]
    s = v.sum(0)
    return ((s @ s - n) / (n * (n - 1))).item()

# %% wrong="9.6" mistake="this is the mean cosine with the mean vector, not of the vectors with each other"
def anisotropy(vectors):
    centre = vectors.mean(0, keepdim=True)
    return F.cosine_similarity(vectors, centre, dim=1).mean()

# %% right="9.7" way="cuts the own column out of each row and corrects the index afterwards"
def nearest(similarities):
    found = []
    for i, row in enumerate(similarities):
        rest = torch.cat([row[:i], row[i + 1:]])
        j = int(rest.argmax())
        found.append(j if j < i else j + 1)
    return torch.tensor(found, dtype=torch.int64)
