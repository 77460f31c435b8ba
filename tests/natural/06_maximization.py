# %% wrong="6.1" mistake="the gradient is never set to zero, so x.grad adds up from step to step"
def ascend(score, start, steps, lr):
    x = start.detach().clone().requires_grad_(True)
    for _ in range(steps):
        score(x).sum().backward()
        with torch.no_grad():
            x += lr * x.grad
            x.clamp_(0, 1)
    return x.detach()

# %% wrong="6.3" mistake="the mean of the brightness was taken where the sum was asked for"
def white_pixels(pictures, weight):
    return weight * pictures.mean(dim=(1, 2, 3))

# %% wrong="6.7" mistake="the step goes down the loss: minus where plus was meant"
def fgsm(model, pictures, labels, epsilon):
    x = pictures.clone().detach().requires_grad_(True)
    loss = F.cross_entropy(model(x), labels)
    loss.backward()
    return (x - epsilon * x.grad.sign()).clamp(0, 1).detach()

# %% wrong="6.4" mistake="squared differences instead of absolute ones"
def total_variation(pictures):
    down = (pictures[:, :, 1:, :] - pictures[:, :, :-1, :]) ** 2
    across = (pictures[:, :, :, 1:] - pictures[:, :, :, :-1]) ** 2
    return down.mean((1, 2, 3)) + across.mean((1, 2, 3))

# %% right="6.1" way="autograd.grad on a fresh leaf in each step"
def ascend(score, start, steps, lr):
    current = start.detach().clone()
    for _ in range(steps):
        current.requires_grad_(True)
        values = score(current)
        (g,) = torch.autograd.grad(values, current, grad_outputs=torch.ones_like(values))
        current = torch.clamp(current.detach() + g * lr, min=0.0, max=1.0)
    return current.detach()

# %% wrong="6.5" mistake="z is cut to [0, 1] as if it were a picture; z may be negative"
def search_z(score, decode, z, steps, lr, share):
    z = z.clone().detach()
    for _ in range(steps):
        z.requires_grad_(True)
        s = score(decode(z)).sum()
        g = torch.autograd.grad(s, z)[0]
        z = (z.detach() + lr * g) * (1 - share)
        z = z.clamp(0, 1)
    return z

# %% wrong="6.6" mistake="the absolute value is taken before the sum over channels, so channels cannot cancel"
def clip_small_contribution(x, gradient, share, gray):
    contribution = ((x - gray) * gradient).abs().sum(1, keepdim=True)
    limit = contribution.flatten(1).quantile(share, dim=1)
    small = contribution < limit[:, None, None, None]
    return torch.where(small, torch.full_like(x, gray), x)

# %% wrong="6.1" mistake="the pictures are cut to [0, 1] only once at the end and not after every step"
def ascend(score, start, steps, lr):
    x = start.clone().detach()
    for i in range(steps):
        x = x.detach().requires_grad_()
        total = score(x).sum()
        total.backward()
        x = x + lr * x.grad
    return x.detach().clamp(0, 1)

# %% wrong="6.3" mistake="sums over the whole batch: one number for all pictures instead of one each"
def white_pixels(pictures, weight):
    total = torch.sum(pictures)
    return total * weight

# %% right="6.3" way="einsum that keeps only the batch axis"
def white_pixels(pictures, weight):
    return weight * torch.einsum("nchw->n", pictures)

# %% wrong="6.7" mistake="the sign is forgotten: the values move by epsilon times the gradient and not by epsilon"
def fgsm(model, pictures, labels, epsilon):
    pictures = pictures.detach().clone()
    pictures.requires_grad = True
    loss = F.cross_entropy(model(pictures), labels)
    grad = torch.autograd.grad(loss, pictures)[0]
    adv = pictures + epsilon * grad
    return torch.clamp(adv, 0, 1).detach()

# %% wrong="6.4" mistake="torch.roll wraps around: the last row is compared with the first, the last column too"
def total_variation(pictures):
    down = (pictures - torch.roll(pictures, 1, dims=2)).abs()
    across = (pictures - torch.roll(pictures, 1, dims=3)).abs()
    return down.flatten(1).mean(1) + across.flatten(1).mean(1)

# %% wrong="6.5" mistake="returns the picture decode(z) instead of z"
def search_z(score, decode, z, steps, lr, share):
    z = z.detach().clone().requires_grad_(True)
    for _ in range(steps):
        z.grad = None
        score(decode(z)).sum().backward()
        with torch.no_grad():
            z += lr * z.grad
            z *= 1 - share
    return decode(z).detach()

# %% wrong="6.6" mistake="one quantile for the whole batch instead of one for each picture"
def clip_small_contribution(x, gradient, share, gray):
    result = x.clone()
    c = ((x - gray) * gradient).sum(dim=1).abs()
    q = torch.quantile(c, share)
    for n in range(x.shape[0]):
        result[n][:, c[n] < q] = gray
    return result

# %% right="6.4" way="a loop over the pictures with diff, stacked at the end"
def total_variation(pictures):
    values = []
    for picture in pictures:
        vertical = torch.diff(picture, dim=1).abs()
        horizontal = torch.diff(picture, dim=2).abs()
        values.append(vertical.sum() / vertical.numel() + horizontal.sum() / horizontal.numel())
    return torch.stack(values)

# %% wrong="6.1" mistake="detach does not copy: the in-place step changes start itself"
def ascend(score, start, steps, lr):
    x = start.detach()
    for _ in range(steps):
        x.requires_grad_(True)
        g = torch.autograd.grad(score(x).sum(), x)[0]
        x.requires_grad_(False)
        x += lr * g
        x.clamp_(0, 1)
    return x

# %% wrong="6.7" mistake="the moved pictures are not cut to [0, 1]"
def fgsm(model, pictures, labels, epsilon):
    x = pictures.clone().detach().requires_grad_()
    F.cross_entropy(model(x), labels).backward()
    return (pictures + epsilon * torch.sign(x.grad)).detach()

# %% wrong="6.5" mistake="the mean of the scores in place of their sum: the step gets smaller with every further z"
def search_z(score, decode, z, steps, lr, share):
    best = z.detach().clone()
    for step in range(steps):
        best = best.detach().requires_grad_()
        loss = score(decode(best)).mean()
        loss.backward()
        best = best + lr * best.grad
        best = best * (1 - share)
    return best.detach()

# %% right="6.5" way="SGD with maximize=True, then the pull toward 0 in place on the copy"
def search_z(score, decode, z, steps, lr, share):
    code = nn.Parameter(z.detach().clone())
    optimiser = torch.optim.SGD([code], lr=lr, maximize=True)
    for _ in range(steps):
        optimiser.zero_grad()
        score(decode(code)).sum().backward()
        optimiser.step()
        with torch.no_grad():
            code.mul_(1 - share)
    return code.detach().clone()

# %% wrong="6.4" mistake="no absolute value: ups and downs cancel in the mean"
def total_variation(pictures):
    down = pictures[:, :, 1:] - pictures[:, :, :-1]
    across = pictures[..., 1:] - pictures[..., :-1]
    return down.mean(dim=(1, 2, 3)) + across.mean(dim=(1, 2, 3))

# %% wrong="6.6" mistake="x times the gradient without subtracting gray: gray is not the zero of the contribution"
def clip_small_contribution(x, gradient, share, gray):
    N = x.shape[0]
    size = (x * gradient).sum(1).abs()
    threshold = torch.quantile(size.reshape(N, -1), share, dim=1).view(N, 1, 1)
    mask = (size < threshold).unsqueeze(1).expand_as(x)
    out = x.clone()
    out[mask] = gray
    return out

# %% right="6.6" way="a loop over the pictures, einsum for the sum over channels, a keep mask in arithmetic"
def clip_small_contribution(x, gradient, share, gray):
    def one(picture, g):
        size = torch.einsum("chw,chw->hw", picture - gray, g).abs()
        keep = size >= torch.quantile(size.flatten(), share)
        return torch.where(keep[None], picture, torch.ones_like(picture) * gray)

    return torch.stack([one(p, g) for p, g in zip(x, gradient)])

# %% wrong="6.3" mistake="the channels are not summed: the result has shape (N,C) and not (N,)"
def white_pixels(pictures, weight):
    brightness = pictures.sum(3).sum(2)
    return weight * brightness

# %% right="6.7" way="cross entropy written out with logsumexp, summed over the batch, autograd.grad"
def fgsm(model, pictures, labels, epsilon):
    with torch.enable_grad():
        x = pictures.detach().clone().requires_grad_(True)
        z = model(x)
        own = z.gather(1, labels[:, None])[:, 0]
        loss = (torch.logsumexp(z, dim=1) - own).sum()
        (g,) = torch.autograd.grad(loss, x)
    moved = pictures.detach() + epsilon * g.sign()
    return moved.clamp(min=0).clamp(max=1)
