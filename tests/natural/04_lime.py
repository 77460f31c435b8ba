# %% wrong="4.1" mistake="only shifts the numbers so that the smallest is 0; gaps between the numbers stay"
def renumber(segments):
    return segments - segments.min()

# %% wrong="4.8" mistake="compares the surrogate with the true labels: that is its accuracy, not its fidelity to the network"
def fidelity(network, surrogate, labels):
    decided = surrogate.argmax(1)
    return (decided == labels).float().mean()

# %% wrong="4.2" mistake="no clone: every picture is the same tensor, hidden pieces stay hidden in later masks, and the image itself is overwritten"
def hide(image, hidden, segments, masks):
    pictures = []
    for mask in masks:
        picture = image
        for piece in range(len(mask)):
            if mask[piece] == 0:
                inside = segments == piece
                picture[:, :, inside] = hidden[:, :, inside]
        pictures.append(picture)
    return torch.cat(pictures)

# %% right="4.1" way="searchsorted in the sorted list of numbers"
def renumber(segments):
    numbers = segments.unique()
    return torch.searchsorted(numbers, segments.contiguous())

# %% wrong="4.3" mistake="the norm of a mask of only zeros is 0, so its cosine is 0/0 and the weight NaN"
def kernel_weights(masks, width):
    ones = torch.ones(masks.shape[1])
    cosine = (masks @ ones) / (masks.norm(dim=1) * ones.norm())
    d = 1 - cosine
    return torch.exp(-d**2 / (2 * width**2))

# %% wrong="4.4" mistake="the penalty acts on the intercept too, because the whole identity of size S+1 is added"
def weighted_ridge(masks, scores, importance, strength):
    M, S = masks.shape
    X = torch.cat([masks, torch.ones(M, 1)], dim=1)
    W = torch.diag(importance)
    A = X.T @ W @ X + strength * torch.eye(S + 1)
    solution = torch.linalg.solve(A, X.T @ W @ scores)
    return solution[:-1], solution[-1]

# %% wrong="4.5" mistake="B uses the ordinary mean of the scores instead of their weighted mean"
def r_squared(scores, predictions, importance):
    A = (importance * (scores - predictions) ** 2).sum()
    B = (importance * (scores - scores.mean()) ** 2).sum()
    return 1 - A / B

# %% wrong="4.2" mistake="reads the mask the wrong way round: pieces with a 1 are painted and those with a 0 stay visible"
def hide(image, hidden, segments, masks):
    masked = masks[:, segments].bool().unsqueeze(1)
    return torch.where(masked, hidden, image)

# %% right="4.2" way="loops over masks and pieces on clones of the image"
def hide(image, hidden, segments, masks):
    out = []
    for m in range(masks.shape[0]):
        picture = image.clone()
        for s in range(masks.shape[1]):
            if masks[m, s] < 0.5:
                where = segments == s
                picture[:, :, where] = hidden[:, :, where]
        out.append(picture[0])
    return torch.stack(out)

# %% wrong="4.1" mistake="numbers the pieces in the order in which they appear in the picture, not in the order of their old numbers"
def renumber(segments):
    new = {}
    result = torch.zeros_like(segments)
    for i in range(segments.shape[0]):
        for j in range(segments.shape[1]):
            old = segments[i, j].item()
            if old not in new:
                new[old] = len(new)
            result[i, j] = new[old]
    return result

# %% wrong="4.4" mistake="multiplies both sides of the equations by the importance instead of its square root, so the samples count with its square"
def weighted_ridge(masks, scores, importance, strength):
    X = torch.cat([torch.ones(len(masks), 1), masks], 1)
    Xw = importance[:, None] * X
    yw = importance * scores
    penalty = strength * torch.eye(X.shape[1])
    penalty[0, 0] = 0
    beta = torch.linalg.solve(Xw.T @ Xw + penalty, Xw.T @ yw)
    return beta[1:], beta[0]

# %% wrong="4.3" mistake="replaces the NaN at the very end by a weight of 0; for a mask of zeros the cosine should be 0 and the distance 1"
def kernel_weights(masks, width):
    S = masks.shape[1]
    cos = masks.sum(1) / (masks.pow(2).sum(1).sqrt() * S**0.5)
    weights = torch.exp(-((1 - cos) ** 2) / (2 * width**2))
    return torch.nan_to_num(weights)

# %% right="4.3" way="F.cosine_similarity, which gives 0 for a zero vector"
def kernel_weights(masks, width):
    similarity = F.cosine_similarity(masks, torch.ones_like(masks), dim=1)
    distance = 1 - similarity
    return (-0.5 * (distance / width).square()).exp()

# %% wrong="4.5" mistake="the importance is inside the square, so each sample is weighted with its square"
def r_squared(scores, predictions, importance):
    mean = (importance * scores).sum() / importance.sum()
    a = ((importance * (scores - predictions)) ** 2).sum()
    b = ((importance * (scores - mean)) ** 2).sum()
    return 1 - a / b

# %% wrong="4.2" mistake="the axis for the channels is missing: (M,H,W) meets (1,3,H,W), which raises for most M and masks channels for M = 3"
def hide(image, hidden, segments, masks):
    visible = masks[:, segments]
    return visible * image + (1 - visible) * hidden

# %% wrong="4.4" mistake="centres with the ordinary means although the fit is weighted; the intercept then is not the best one"
def weighted_ridge(masks, scores, importance, strength):
    z_mean, y_mean = masks.mean(0), scores.mean()
    z, y = masks - z_mean, scores - y_mean
    A = z.T @ (importance[:, None] * z)
    A = A + strength * torch.eye(masks.shape[1])
    w = torch.linalg.solve(A, z.T @ (importance * y))
    b = y_mean - z_mean @ w
    return w, b

# %% right="4.4" way="least squares with sqrt weights and extra rows for the penalty, in float64"
def weighted_ridge(masks, scores, importance, strength):
    M, S = masks.shape
    root = importance.double().sqrt()
    design = torch.cat([masks.double(), torch.ones(M, 1, dtype=torch.float64)], 1)
    extra = torch.cat(
        [math.sqrt(strength) * torch.eye(S, dtype=torch.float64), torch.zeros(S, 1, dtype=torch.float64)], 1
    )
    left = torch.cat([root[:, None] * design, extra])
    right = torch.cat([root * scores.double(), torch.zeros(S, dtype=torch.float64)])
    solution = torch.linalg.lstsq(left, right[:, None]).solution[:, 0]
    solution = solution.to(masks.dtype)
    return solution[:S], solution[S]

# %% wrong="4.1" mistake="renumbers in place while it still compares: a negative number becomes 0 and melts with the piece that was 0 before; and the argument is changed"
def renumber(segments):
    for new, old in enumerate(segments.unique()):
        segments[segments == old] = new
    return segments

# %% wrong="4.8" mistake="looks only at the pictures on which the network is right; fidelity counts all pictures, also the network's errors"
def fidelity(network, surrogate, labels):
    net = network.argmax(1)
    sur = surrogate.argmax(1)
    right = net == labels
    return (net[right] == sur[right]).float().mean()

# %% wrong="4.3" mistake="norm() without dim is the norm of the whole matrix, not of each mask"
def kernel_weights(masks, width):
    one = torch.ones(masks.shape[1])
    cos = masks @ one / (torch.norm(masks) * torch.norm(one))
    d = 1 - cos
    return torch.exp(-(d**2) / (2 * width**2))

# %% wrong="4.5" mistake="the weighted mean is not divided by the sum of the weights but by the number of samples"
def r_squared(scores, predictions, importance):
    weighted_mean = (importance * scores).mean()
    rest = scores - predictions
    spread = scores - weighted_mean
    A, B = 0, 0
    for i in range(len(scores)):
        A += importance[i] * rest[i] ** 2
        B += importance[i] * spread[i] ** 2
    return 1 - A / B

# %% right="4.5" way="numpy with np.average, converted back to a tensor"
def r_squared(scores, predictions, importance):
    y, p, w = (t.detach().cpu().numpy().astype(np.float64) for t in (scores, predictions, importance))
    mean = np.average(y, weights=w)
    a = np.dot(w, (y - p) ** 2)
    b = np.dot(w, (y - mean) ** 2)
    return torch.tensor(1 - a / b, dtype=scores.dtype)

# %% wrong="4.4" mistake="the column of ones is the last one, but the solution is split as if it were the first: weights are moved by one and the intercept is a weight"
def weighted_ridge(masks, scores, importance, strength):
    M, S = masks.shape
    X = torch.hstack([masks, torch.ones(M, 1)])
    D = strength * torch.eye(S + 1)
    D[S, S] = 0.0
    XtW = X.T * importance
    coefficients = torch.linalg.solve(XtW @ X + D, XtW @ scores)
    return coefficients[1:], coefficients[0]

# %% right="4.8" way="a loop that counts equal decisions"
def fidelity(network, surrogate, labels):
    same = 0
    for a, b in zip(network, surrogate):
        if int(a.argmax()) == int(b.argmax()):
            same += 1
    return same / len(labels)
