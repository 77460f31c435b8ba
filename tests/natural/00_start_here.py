# %% wrong="0.1" mistake="argmin gives the smallest logit of each row, not the largest"
def top_class(logits):
    return logits.argmin(1)


# %% wrong="0.1" mistake="argmax over axis 0 looks for the best picture of each class: shape (K,) instead of (N,)"
def top_class(logits):
    best = torch.argmax(logits, dim=0)
    return best


# %% right="0.1" way="max(1).indices"
def top_class(logits):
    values, indices = logits.max(dim=1)
    return indices


# %% wrong="0.1" mistake="max over a dimension returns a pair of values and indices; the whole pair is returned"
def top_class(logits):
    return torch.max(logits, 1)


# %% wrong="0.1" mistake="argmax without an axis searches the flattened tensor: one number for the whole batch"
def top_class(logits):
    probs = F.softmax(logits, dim=1)
    return probs.argmax()


# %% wrong="0.1" mistake="the return stands inside the loop, so only the first row is answered"
def top_class(logits):
    result = []
    for row in logits:
        result.append(int(row.argmax()))
        return torch.tensor(result)


# %% wrong="0.1" mistake="the result is computed but never returned"
def top_class(logits):
    winners = logits.argmax(dim=1)


# %% right="0.1" way="two loops, compare by hand starting from the first logit"
def top_class(logits):
    answer = []
    for i in range(logits.shape[0]):
        best = 0
        for j in range(1, logits.shape[1]):
            if logits[i, j] > logits[i, best]:
                best = j
        answer.append(best)
    return torch.tensor(answer, device=logits.device)


# %% wrong="0.1" mistake="topk keeps its axis: the result has shape (N,1), not (N,)"
def top_class(logits):
    _, idx = logits.topk(1, dim=1)
    return idx


# %% wrong="0.1" mistake="the absolute value lets a strongly negative logit win"
def top_class(logits):
    return logits.abs().argmax(1)


# %% wrong="0.1" mistake="softmax over the pictures instead of the classes changes the order within a row"
def top_class(logits):
    p = torch.softmax(logits, 0)
    return p.argmax(1)


# %% right="0.1" way="numpy inside and converted back"
def top_class(logits):
    array = logits.detach().cpu().numpy()
    return torch.from_numpy(np.argmax(array, axis=1)).to(logits.device)


# %% wrong="0.1" mistake="the search starts at the value 0, so a row of negative logits always gets class 0"
def top_class(logits):
    out = torch.zeros(len(logits), dtype=torch.long)
    for i, row in enumerate(logits):
        biggest = 0
        for k, value in enumerate(row):
            if value > biggest:
                biggest = value
                out[i] = k
    return out


# %% wrong="0.1" mistake="off by one: the loop stops before the last class, which can never win"
def top_class(logits):
    N, K = logits.shape
    result = torch.zeros(N, dtype=torch.long)
    for n in range(N):
        for k in range(K - 1):
            if logits[n, k] > logits[n, result[n]]:
                result[n] = k
    return result


# %% wrong="0.1" mistake="returns the largest logits themselves, not where they stand"
def top_class(logits):
    return logits.max(1).values


# %% right="0.1" way="sort in descending order and take the first column"
def top_class(logits):
    order = torch.argsort(logits.double(), dim=1, descending=True)
    return order[:, 0]
