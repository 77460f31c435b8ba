# %% wrong="2.1" mistake="The mean over the batch divides every map by N; each picture wants the gradient of its own logit."
def saliency(model, images, target):
    x = images.clone().detach().requires_grad_(True)
    logits = model(x)
    logits[:, target].mean().backward()
    return x.grad


# %% wrong="2.1" mistake="This differentiates the probability after the softmax, not the logit."
def saliency(model, images, target):
    images = images.detach().clone()
    images.requires_grad = True
    p = F.softmax(model(images), dim=1)[:, target]
    return torch.autograd.grad(p.sum(), images)[0]


# %% right="2.1" way="one picture after the other with autograd.grad, then cat"
def saliency(model, images, target):
    maps = []
    for image in images.split(1):
        x = image.detach().clone().requires_grad_()
        logit = model(x)[0, target]
        (g,) = torch.autograd.grad(logit, x)
        maps.append(g)
    return torch.cat(maps)


# %% wrong="2.1" mistake="requires_grad_ works in place: the given pictures are changed, and a second call adds to their grad."
def saliency(model, images, target):
    images.requires_grad_()
    score = model(images)[:, target].sum()
    score.backward()
    return images.grad


# %% wrong="2.3" mistake="The largest channel is taken before the absolute value, so strong negative channels are lost."
def for_the_eye(gradient):
    strength = gradient.amax(1).abs()
    top = strength.flatten(1).quantile(0.99, dim=1)
    return (strength / top[:, None, None]).clamp(0, 1)


# %% wrong="2.6" mistake="The absolute values are averaged; the mean of the signed gradients was asked for."
def smoothgrad(gradient, images, noise, fraction):
    sigma = fraction * (images.amax((1, 2, 3)) - images.amin((1, 2, 3))).view(-1, 1, 1, 1)
    maps = [gradient(images + sigma * e).abs() for e in noise]
    return torch.stack(maps).mean(0)


# %% wrong="2.5" mistake="The range is taken in each channel, so the result is (N,3,1,1) and not one number a picture."
def noise_std(images, fraction):
    largest = images.amax(dim=(2, 3), keepdim=True)
    smallest = images.amin(dim=(2, 3), keepdim=True)
    return fraction * (largest - smallest)


# %% wrong="2.7" mistake="The standard deviation falls with the square root of n; twice as many copies do not halve it."
answer_2_7 = 2 * 20


# %% wrong="2.8" mistake="The sign is turned round: a drop is score(image) minus score(covered)."
def occlusion(score, image, patch, fill):
    H, W = image.shape[2:]
    out = torch.zeros(H // patch, W // patch)
    with torch.no_grad():
        before = score(image)[0]
        for i in range(H // patch):
            for j in range(W // patch):
                x = image.clone()
                x[:, :, i * patch:(i + 1) * patch, j * patch:(j + 1) * patch] = fill
                out[i, j] = score(x)[0] - before
    return out


# %% wrong="2.8" mistake="The picture is copied only once, so patches that were covered before stay covered."
def occlusion(score, image, patch, fill):
    _, _, H, W = image.shape
    drops = torch.zeros(H // patch, W // patch)
    original = score(image).item()
    covered = image.clone()
    for r in range(0, H, patch):
        for c in range(0, W, patch):
            covered[:, :, r:r + patch, c:c + patch] = fill
            drops[r // patch, c // patch] = original - score(covered).item()
    return drops


# %% right="2.3" way="numpy with percentile along the flattened pixels, converted back"
def for_the_eye(gradient):
    g = np.abs(gradient.detach().cpu().numpy()).max(axis=1)
    n = g.shape[0]
    top = np.percentile(g.reshape(n, -1), 99, axis=1).reshape(n, 1, 1)
    shown = np.minimum(g / np.maximum(top, 1e-30), 1)
    return torch.from_numpy(shown).to(gradient)


# %% wrong="2.6" mistake="The noise is multiplied by the fraction alone; the range of each picture is forgotten."
def smoothgrad(gradient, images, noise, fraction):
    total = torch.zeros_like(images)
    for draw in noise:
        total += gradient(images + fraction * draw)
    return total / len(noise)


# %% wrong="2.6" mistake="images is overwritten in the loop, so the noise of all earlier copies stays in the next one."
def smoothgrad(gradient, images, noise, fraction):
    N = images.shape[0]
    flat = images.reshape(N, -1)
    std = fraction * (flat.max(1).values - flat.min(1).values)
    std = std.reshape(N, 1, 1, 1)
    result = 0
    for i in range(noise.shape[0]):
        images = images + std * noise[i]
        result = result + gradient(images)
    return result / noise.shape[0]


# %% wrong="2.3" mistake="The percentiles have shape (N,) and are matched with the columns: this works for a batch of one only."
def for_the_eye(gradient):
    m = gradient.abs().max(dim=1)[0]
    q = torch.quantile(m.reshape(len(m), -1), 0.99, dim=1)
    return torch.clamp(m / q, max=1)


# %% wrong="2.1" mistake="Only the logit of the first picture is differentiated; all other maps are zero."
def saliency(model, images, target):
    inp = images.detach().clone()
    inp.requires_grad_(True)
    model.zero_grad()
    out = model(inp)
    out[0, target].backward()
    return inp.grad.detach()


# %% right="2.5" way="a list comprehension over the pictures"
def noise_std(images, fraction):
    ranges = [fraction * (picture.max() - picture.min()) for picture in images]
    return torch.stack(ranges).reshape(len(images), 1, 1, 1)


# %% wrong="2.5" mistake="Largest and smallest value are taken over the whole batch, so all pictures get the same sigma."
def noise_std(images, fraction):
    sigma = fraction * (images.max() - images.min())
    return sigma * torch.ones(images.shape[0], 1, 1, 1)


# %% wrong="2.3" mistake="The values above the 99th percentile are not cut at 1."
def for_the_eye(gradient):
    result = []
    for g in gradient:
        strength = g.abs().amax(0)
        result.append(strength / torch.quantile(strength.flatten(), 0.99))
    return torch.stack(result)


# %% right="2.6" way="all copies in one large batch, unflattened for the mean"
def smoothgrad(gradient, images, noise, fraction):
    flat = images.flatten(1)
    sigma = fraction * (flat.amax(1) - flat.amin(1))
    copies = images + torch.einsum("n,knchw->knchw", sigma, noise)
    maps = gradient(copies.flatten(0, 1))
    return maps.unflatten(0, noise.shape[:2]).mean(0)


# %% wrong="2.6" mistake="The noisy copies are cut to [0, 1], which the task forbids."
def smoothgrad(gradient, images, noise, fraction):
    hi = images.amax(dim=(1, 2, 3), keepdim=True)
    lo = images.amin(dim=(1, 2, 3), keepdim=True)
    grads = []
    for k in range(len(noise)):
        copy = (images + fraction * (hi - lo) * noise[k]).clamp(0, 1)
        grads.append(gradient(copy))
    return sum(grads) / len(grads)


# %% wrong="2.7" mistake="Sixty is how many copies must be added; the question asks for all of them."
n_before = 20
n_all = n_before * 2**2
answer_2_7 = n_all - n_before


# %% right="2.7" way="from the formula for the standard error"
wanted = 0.5 / math.sqrt(20)
answer_2_7 = round(1 / wanted**2)


# %% wrong="2.8" mistake="The outer loop runs over the columns, so the list is column by column and the view mixes up the places."
def occlusion(score, image, patch, fill):
    height, width = image.shape[-2], image.shape[-1]
    base = score(image)
    drops = []
    for x in range(0, width, patch):
        for y in range(0, height, patch):
            covered = image.clone()
            covered[..., y:y + patch, x:x + patch] = fill
            drops.append(base - score(covered))
    return torch.cat(drops).view(height // patch, width // patch)


# %% right="2.8" way="all covered pictures at once through masks from an identity matrix"
def occlusion(score, image, patch, fill):
    h, w = image.shape[2] // patch, image.shape[3] // patch
    masks = torch.eye(h * w, device=image.device).view(h * w, 1, h, w)
    masks = masks.repeat_interleave(patch, 2).repeat_interleave(patch, 3)
    with torch.no_grad():
        covered = torch.where(masks.bool(), image.new_tensor(fill), image)
        return (score(image) - score(covered)).view(h, w)
