# %% wrong="7.1" mistake="the map is divided by the number of places; its mean is then not the logit"
def cam(features, weights, target):
    h, w = features.shape[2:]
    return (weights[target][None, :, None, None] * features).sum(1) / (h * w)

# %% wrong="7.3" mistake="the ReLU of the paper is applied; the map was to keep its sign"
def gradcam(features, head, target):
    x = features.detach().clone().requires_grad_(True)
    head(x)[:, target].sum().backward()
    alpha = x.grad.mean(dim=(2, 3), keepdim=True)
    m = (alpha * x).sum(1)
    return F.relu(m).detach()

# %% wrong="7.7" mistake="one share for the whole batch instead of one for each picture"
def share_inside(maps, regions):
    return maps[regions].sum() / maps.sum()

# %% wrong="7.4" mistake="the factor 1/(hw) of the mean is forgotten"
def gap_gradient(weights, target, h, w):
    return weights[target].reshape(-1, 1, 1).repeat(1, h, w)

# %% right="7.1" way="a 1 x 1 convolution with the target's row"
def cam(features, weights, target):
    kernel = weights[target].reshape(1, -1, 1, 1)
    return F.conv2d(features, kernel).squeeze(1)

# %% wrong="7.6" mistake="only the first picture's logit is differentiated; the other maps are 0"
def hirescam(features, head, target):
    x = features.clone().detach()
    x.requires_grad = True
    logit = head(x)[0, target]
    logit.backward()
    return (x.grad * x.detach()).sum(dim=1)

# %% wrong="7.1" mistake="a column of the weights is taken; the target is a row"
def cam(features, weights, target):
    w = weights[:, target]
    return torch.einsum("nkhw,k->nhw", features, w)

# %% wrong="7.3" mistake="the gradient is summed over the places and not averaged: hw times too large"
def gradcam(features, head, target):
    feats = features.detach().clone().requires_grad_()
    score = head(feats)[:, target].sum()
    grads = torch.autograd.grad(score, feats)[0]
    alpha = grads.sum((2, 3))
    return torch.einsum("nk,nkhw->nhw", alpha, feats.detach())

# %% wrong="7.4" mistake="integer division: 1 // (h*w) is 0, so the gradient is 0 everywhere"
def gap_gradient(weights, target, h, w):
    K = weights.shape[1]
    factor = 1 // (h * w)
    gradient = torch.zeros(K, h, w)
    for k in range(K):
        gradient[k] = weights[target, k] * factor
    return gradient

# %% right="7.3" way="a loop over the pictures with autograd.grad, one head call each"
def gradcam(features, head, target):
    maps = []
    for f in features:
        x = f[None].detach().clone().requires_grad_(True)
        (g,) = torch.autograd.grad(head(x)[0, target], x)
        alpha = g[0].flatten(1).mean(1)
        maps.append(torch.tensordot(alpha, x.detach()[0], dims=1))
    return torch.stack(maps)

# %% wrong="7.7" mistake="the mean inside is divided by the mean of the map; that is no share of the total"
def share_inside(maps, regions):
    out = []
    for m, r in zip(maps, regions):
        out.append(m[r].mean() / m.mean())
    return torch.stack(out)

# %% wrong="7.1" mistake="the loop overwrites the map, so only the last channel is left"
def cam(features, weights, target):
    N, K, h, w = features.shape
    result = torch.zeros(N, h, w)
    for k in range(K):
        result = weights[target, k] * features[:, k]
    return result

# %% wrong="7.3" mistake="requires_grad_ is set on the features that were given, and a gradient is left on them"
def gradcam(features, head, target):
    features.requires_grad_(True)
    head(features)[:, target].sum().backward()
    alpha = features.grad.mean((2, 3), keepdim=True)
    return (alpha * features).sum(1).detach()

# %% wrong="7.6" mistake="negative gradients are cut away: that is Layer-CAM"
def hirescam(features, head, target):
    x = features.detach().clone().requires_grad_()
    g = torch.autograd.grad(head(x)[:, target].sum(), x)[0]
    return (g.clamp(min=0) * x).sum(1).detach()

# %% right="7.4" way="outer product of the row with a constant sheet"
def gap_gradient(weights, target, h, w):
    sheet = torch.ones(h, w, dtype=weights.dtype, device=weights.device) / (h * w)
    return torch.einsum("k,ij->kij", weights[target], sheet)

# %% wrong="7.3" mistake="the probability after softmax is differentiated and not the logit"
def gradcam(features, head, target):
    x = features.detach().clone().requires_grad_(True)
    p = head(x).softmax(dim=1)[:, target]
    p.sum().backward()
    weights = x.grad.mean(dim=[2, 3])
    cam = torch.zeros(x.shape[0], x.shape[2], x.shape[3])
    for k in range(x.shape[1]):
        cam += weights[:, k, None, None] * features[:, k].detach()
    return cam

# %% wrong="7.4" mistake="repeat and reshape mix up the channels: the row is laid along the places"
def gap_gradient(weights, target, h, w):
    K = weights.shape[1]
    row = weights[target] / (h * w)
    return row.repeat(h * w).reshape(K, h, w)

# %% wrong="7.7" mistake="everything outside is set to 0 in the map itself, so the total is the inside and the share is always 1"
def share_inside(maps, regions):
    inside = maps
    inside[~regions] = 0
    return inside.sum((1, 2)) / maps.sum((1, 2))

# %% right="7.6" way="one backward on the sum, then einsum"
def hirescam(features, head, target):
    with torch.enable_grad():
        leaf = features.clone().detach().requires_grad_(True)
        logits = head(leaf)
        chosen = torch.zeros_like(logits)
        chosen[:, target] = 1
        logits.backward(gradient=chosen)
    return torch.einsum("nkij,nkij->nij", leaf.grad, leaf.detach())

# %% wrong="7.1" mistake="the absolute value throws away the sign of the map"
def cam(features, weights, target):
    w = weights[target]
    m = torch.tensordot(features, w, dims=([1], [0]))
    return m.abs()

# %% wrong="7.3" mistake="the gradient is averaged over the batch as well: all pictures share one alpha"
def gradcam(features, head, target):
    x = features.detach().clone()
    x.requires_grad_(True)
    (grad,) = torch.autograd.grad(head(x)[:, target].sum(), x)
    alpha = grad.mean(dim=(0, 2, 3))
    return (alpha[None, :, None, None] * x.detach()).sum(1)

# %% wrong="7.6" mistake="the mean over the channels instead of their sum"
def hirescam(features, head, target):
    f = features.detach().clone().requires_grad_(True)
    out = head(f)
    out[:, target].sum().backward()
    product = f.grad * f.detach()
    return product.mean(dim=1)

# %% right="7.7" way="batched dot products of the flattened maps and masks"
def share_inside(maps, regions):
    flat = maps.flatten(1)
    mask = regions.flatten(1).to(flat.dtype)
    total = flat.sum(1)
    inside = torch.bmm(flat[:, None, :], mask[:, :, None])[:, 0, 0]
    return inside / total

# %% right="7.3" way="the gradient of all logits times a one-hot row, alpha by adaptive pooling"
def gradcam(features, head, target):
    with torch.enable_grad():
        x = features.detach().clone().requires_grad_(True)
        logits = head(x)
        one_hot = F.one_hot(torch.tensor(target), logits.shape[1]).to(logits)
        (g,) = torch.autograd.grad((logits * one_hot).sum(), x)
    alpha = F.adaptive_avg_pool2d(g, 1)
    return (alpha * x.detach()).sum(dim=1)
