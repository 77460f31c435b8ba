# %% wrong="5.1" mistake="no try/finally: when the model raises, remove() is never reached and the hook stays"
def activation(model, layer, images):
    kept = []
    handle = layer.register_forward_hook(lambda m, i, o: kept.append(o.detach().clone()))
    model(images)
    handle.remove()
    return kept[0]

# %% wrong="5.2" mistake="the jump is multiplied by the stride before size and start are computed; they need the jump in front of the layer"
def receptive_field(layers):
    size, jump, start = 1, 1, 0
    for kernel, stride, padding in layers:
        jump = jump * stride
        size = size + (kernel - 1) * jump
        start = start - padding * jump
    return size, jump, start

# %% wrong="5.4" mistake="mean() without axes averages over the pictures too: one number for the whole batch"
def objective(maps, channel):
    return maps[:, channel].mean()

# %% wrong="5.5" mistake="the gradient is never set back: backward adds the gradients of all steps"
def ascend(score, start, steps, rate):
    x = start.clone().requires_grad_(True)
    for _ in range(steps):
        score(x).sum().backward()
        with torch.no_grad():
            g = x.grad
            x += rate * g / g.pow(2).mean((1, 2, 3), keepdim=True).sqrt()
            x.clamp_(0, 1)
    return x.detach()

# %% right="5.1" way="no_grad, a dictionary and try/finally"
def activation(model, layer, images):
    found = {}

    def keep(module, inputs, output):
        found["output"] = output.clone()

    handle = layer.register_forward_hook(keep)
    try:
        with torch.no_grad():
            model(images)
    finally:
        handle.remove()
    return found["output"].detach()

# %% wrong="5.3" mistake="takes the k largest values of all maps together, so one picture can come several times"
def strongest(maps, k):
    N, h, w = maps.shape
    places = maps.flatten().topk(k).indices
    picture = places // (h * w)
    row = places % (h * w) // w
    column = places % w
    return torch.stack([picture, row, column], dim=1)

# %% wrong="5.1" mistake="the output is kept itself and copied only after the pass; a ReLU that works in place has overwritten it by then"
def activation(model, layer, images):
    saved = {}

    def hook(module, inp, out):
        saved["out"] = out.detach()

    handle = layer.register_forward_hook(hook)
    try:
        model(images)
    finally:
        handle.remove()
    return saved["out"].clone()

# %% wrong="5.2" mistake="the formula size*stride + kernel - stride runs from the last layer to the first; used from the first on it gives a wrong size"
def receptive_field(layers):
    size, jump, start = 1, 1, 0
    for k, s, p in layers:
        size = (size - 1) * s + k
        start -= p * jump
        jump *= s
    return size, jump, start

# %% wrong="5.5" mistake="the root mean square is taken over the whole batch, not for each picture by itself"
def ascend(score, start, steps, rate):
    pictures = start.clone()
    for _ in range(steps):
        pictures = pictures.detach().requires_grad_()
        gradient, = torch.autograd.grad(score(pictures).sum(), pictures)
        gradient = gradient / (gradient**2).mean().sqrt()
        pictures = (pictures + rate * gradient).clamp(0, 1)
    return pictures.detach()

# %% right="5.2" way="follows the first and last pixel of places 0 and 1 back from the last layer to the first"
def receptive_field(layers):
    def field(place):
        first = last = place
        for kernel, stride, padding in reversed(layers):
            first = first * stride - padding
            last = last * stride - padding + kernel - 1
        return first, last

    (first, last), (following, _) = field(0), field(1)
    return last - first + 1, following - first, first

# %% wrong="5.4" mistake="indexes the first axis: takes the picture with this number instead of the channel"
def objective(maps, channel):
    chosen = maps[channel]
    return chosen.mean((1, 2))

# %% wrong="5.3" mistake="ranks the pictures by the mean of their map instead of by its largest value"
def strongest(maps, k):
    order = maps.mean((1, 2)).argsort(descending=True)[:k]
    result = []
    for n in order.tolist():
        place = maps[n].argmax().item()
        result.append([n, place // maps.shape[2], place % maps.shape[2]])
    return torch.tensor(result)

# %% wrong="5.1" mistake="kept in the hook is a new local variable (nonlocal is missing), so None is returned"
def activation(model, layer, images):
    kept = None

    def hook(module, inputs, output):
        kept = output.detach().clone()

    handle = layer.register_forward_hook(hook)
    try:
        model(images)
    finally:
        handle.remove()
    return kept

# %% wrong="5.5" mistake="pictures is only another name for start, so the ascent overwrites the start"
def ascend(score, start, steps, rate):
    pictures = start
    for step in range(steps):
        pictures.requires_grad_(True)
        g = torch.autograd.grad(score(pictures).sum(), pictures)[0]
        rms = (g**2).mean(dim=(1, 2, 3), keepdim=True).sqrt()
        with torch.no_grad():
            pictures += rate * g / rms
            pictures.clamp_(0, 1)
    return pictures.detach()

# %% right="5.3" way="python loop over the pictures and sorted"
def strongest(maps, k):
    found = []
    for n, single in enumerate(maps):
        value, place = single.reshape(-1).max(0)
        row, column = divmod(int(place), single.shape[1])
        found.append((float(value), [n, row, column]))
    found.sort(key=lambda pair: -pair[0])
    return torch.tensor([where for _, where in found[:k]])

# %% wrong="5.2" mistake="the padding is subtracted in places of its own layer; in pixels each is one jump long"
def receptive_field(layers):
    size = 1
    jump = 1
    start = 0
    for (k, s, p) in layers:
        size += (k - 1) * jump
        start -= p
        jump *= s
    return size, jump, start

# %% wrong="5.5" mistake="divides by the norm of the gradient, the root of the sum of squares, instead of the root of their mean; the steps are far too small"
def ascend(score, start, steps, rate):
    x = start.detach().clone()
    for i in range(steps):
        x.requires_grad_(True)
        score(x).sum().backward()
        g = x.grad
        norm = g.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        x = (x.detach() + rate * g / norm).clamp(0, 1)
    return x.detach()

# %% wrong="5.1" mistake="clone() keeps the graph: the result is not detached"
def activation(model, layer, images):
    outputs = []

    def keep(module, inputs, output):
        outputs.append(output.clone())

    hook = layer.register_forward_hook(keep)
    try:
        model(images)
    finally:
        hook.remove()
    return outputs[-1]

# %% right="5.4" way="index_select by einsum with a one-hot vector, divided by the number of places"
def objective(maps, channel):
    pick = torch.zeros(maps.shape[1], dtype=maps.dtype, device=maps.device)
    pick[channel] = 1
    return torch.einsum("nchw,c->n", maps, pick) / (maps.shape[2] * maps.shape[3])

# %% wrong="5.3" mistake="divides the flat place by the height instead of the width; rows and columns are wrong unless the map is square"
def strongest(maps, k):
    N, h, w = maps.shape
    values, places = maps.view(N, -1).max(1)
    best = values.topk(k).indices
    rows = places[best] // h
    columns = places[best] % h
    return torch.stack((best, rows, columns), 1)

# %% wrong="5.5" mistake="cuts to 0 to 1 only once at the end, not in each step"
def ascend(score, start, steps, rate):
    x = start.clone()
    for _ in range(steps):
        x = x.detach().requires_grad_(True)
        score(x).sum().backward()
        rms = x.grad.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        x = x + rate * x.grad / rms
    return x.detach().clamp(0, 1)

# %% right="5.5" way="autograd.grad with grad_outputs of ones; the rms from the norm divided by the root of the number of values"
def ascend(score, start, steps, rate):
    pictures = start.detach().clone()
    for _ in range(steps):
        leaf = pictures.clone().requires_grad_(True)
        values = score(leaf)
        (g,) = torch.autograd.grad(values, leaf, grad_outputs=torch.ones_like(values))
        flat = g.flatten(1)
        rms = flat.norm(dim=1) / math.sqrt(flat.shape[1])
        flat = flat / rms.clamp(min=1e-12)[:, None]
        pictures = torch.clamp(pictures + rate * flat.view_as(pictures), 0, 1)
    return pictures

# %% wrong="5.2" mistake="the start is overwritten in every layer, so only the padding of the last layer counts"
def receptive_field(layers):
    size, jump, start = 1, 1, 0
    for kernel, stride, padding in layers:
        size = size + (kernel - 1) * jump
        start = -padding * jump
        jump = jump * stride
    return size, jump, start

# %% right="5.5" way="an SGD optimiser on a copy, whose gradient is replaced by the normalised negative one"
def ascend(score, start, steps, rate):
    x = start.detach().clone().requires_grad_(True)
    optimiser = torch.optim.SGD([x], lr=rate)
    for _ in range(steps):
        optimiser.zero_grad()
        (-score(x).sum()).backward()
        with torch.no_grad():
            for n in range(len(x)):
                x.grad[n] /= x.grad[n].pow(2).mean().sqrt().clamp(min=1e-12)
        optimiser.step()
        with torch.no_grad():
            x.clamp_(0, 1)
    return x.detach()
