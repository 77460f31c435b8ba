# %% wrong="3.1" mistake="The gradient is multiplied by the picture itself; the baseline is forgotten."
def contributions(gradient, images, baseline):
    return gradient(images) * images


# %% wrong="3.2" mistake="These points cut [0, 1] into steps + 1 pieces; they are not the middles of steps pieces."
def midpoints(steps):
    return torch.linspace(0, 1, steps + 2)[1:-1]


# %% wrong="3.3" mistake="The mean gradient is not multiplied by the distance x - x'."
def integrated_gradients(gradient, images, baseline, alphas):
    total = torch.zeros_like(images)
    for a in alphas:
        total = total + gradient(baseline + a * (images - baseline))
    return total / len(alphas)


# %% right="3.1" way="the gradient at the baseline, which is the same for a linear score"
def contributions(gradient, images, baseline):
    w = gradient(baseline)
    return w * images - w * baseline


# %% wrong="3.2" mistake="These are the left ends of the pieces, not their middles."
def midpoints(steps):
    width = 1 / steps
    return torch.tensor([k * width for k in range(steps)])


# %% wrong="3.4" mistake="The absolute value loses whether the map adds up to too much or too little."
def completeness_error(maps, score, images, baseline):
    d = score(images) - score(baseline)
    return ((maps.flatten(1).sum(1) - d) / d).abs()


# %% wrong="3.7" mistake="One minus the picture is its negative; the farthest end is always 0 or 1."
def farthest(images):
    return 1 - images


# %% wrong="3.3" mistake="The alphas take the place of the batch, so this works for a batch of one only."
def integrated_gradients(gradient, images, baseline, alphas):
    distance = images - baseline
    path = baseline + alphas.view(-1, 1, 1, 1) * distance
    return gradient(path).mean(0, keepdim=True) * distance


# %% wrong="3.3" mistake="Each gradient is multiplied by the way walked so far (point - x'), not by the whole distance x - x'."
def integrated_gradients(gradient, images, baseline, alphas):
    parts = []
    for alpha in alphas:
        point = baseline + alpha * (images - baseline)
        parts.append(gradient(point) * (point - baseline))
    return torch.stack(parts).mean(dim=0)


# %% wrong="3.1" mistake="The distance has the wrong sign: it is x - x', not x' - x."
def contributions(gradient, images, baseline):
    g = gradient(images)
    moved = baseline - images
    return g * moved


# %% right="3.2" way="torch.arange with a start of half a piece"
def midpoints(steps):
    return torch.arange(1 / (2 * steps), 1, 1 / steps)


# %% wrong="3.6" mistake="This is what is missing, not what the map adds up to."
n = 20
answer_3_6 = 10 - 10 * (n - 1) / n


# %% wrong="3.3" mistake="total is overwritten in each turn, so only the last gradient counts, divided by n."
def integrated_gradients(gradient, images, baseline, alphas):
    n = alphas.shape[0]
    total = 0
    for i in range(n):
        x = baseline + alphas[i] * (images - baseline)
        total = gradient(x)
    return (images - baseline) * total / n


# %% wrong="3.4" mistake="maps.sum() adds up the whole batch; each picture needs its own sum."
def completeness_error(maps, score, images, baseline):
    difference = score(images) - score(baseline)
    total = maps.sum()
    return (total - difference) / difference


# %% right="3.3" way="a loop with lerp and a sum in float64"
def integrated_gradients(gradient, images, baseline, alphas):
    total = torch.zeros_like(images, dtype=torch.float64)
    places = alphas.tolist()
    for place in places:
        point = torch.lerp(baseline, images, place)
        total += gradient(point).detach().double()
    mean = total / len(places)
    return (mean * (images - baseline).double()).to(images.dtype)


# %% wrong="3.2" mistake="The result is a numpy array; a float tensor was asked for."
def midpoints(steps):
    edges = np.linspace(0, 1, steps + 1)
    return (edges[:-1] + edges[1:]) / 2


# %% wrong="3.7" mistake="The comparison is the wrong way round: this gives the nearest end."
def farthest(images):
    result = torch.zeros_like(images)
    result[images > 0.5] = 1.0
    return result


# %% wrong="3.4" mistake="The error is divided by the sum of the map; it should be a fraction of f(x) - f(x')."
def completeness_error(maps, score, images, baseline):
    d = score(images) - score(baseline)
    s = maps.sum(dim=(1, 2, 3))
    return (s - d) / s


# %% right="3.4" way="einsum in float64, the ratio minus one"
def completeness_error(maps, score, images, baseline):
    total = torch.einsum("nchw->n", maps.double())
    with torch.no_grad():
        d = score(images).double() - score(baseline).double()
    return (total / d - 1).float()


# %% wrong="3.6" mistake="Only one of the two end points is counted."
answer_3_6 = 10 * (18 * 1 / 20 + 1 / (2 * 20))


# %% right="3.6" way="the weights written out as a list and added up"
w = [1 / 20] * 20
w[0] = w[-1] = 1 / 40
answer_3_6 = 10 * sum(w)


# %% wrong="3.3" mistake="The function returns nothing: the return is forgotten."
def integrated_gradients(gradient, images, baseline, alphas):
    diff = images - baseline
    grads = [gradient(baseline + a * diff) for a in alphas]
    ig = diff * torch.stack(grads).mean(0)


# %% wrong="3.7" mistake="The comparison gives booleans; floats were asked for."
def farthest(images):
    return images < 0.5


# %% right="3.7" way="argmax over the distances to 0 and to 1"
def farthest(images):
    distances = torch.stack([images - 0, 1 - images])
    return distances.argmax(0).to(images.dtype)
