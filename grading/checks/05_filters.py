"""Lesson 05: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import numpy as np
import torch

from grading.exercise import Exercise, choice

# 5.1 A hook that keeps an activation


def hook_cases(seed: int) -> list[dict]:
    """A random network of two convolutions; its first and its last layer are asked for."""
    rng = np.random.default_rng(seed)
    return [
        {
            "images": rng.random((2, 3, 8, 8)).astype("f4"),
            "first": rng.normal(size=(4, 3, 3, 3)).astype("f4"),
            "second": rng.normal(size=(2, 4, 3, 3)).astype("f4"),
            "layer": layer,
        }
        for layer in (0, 2)
    ]


activation = Exercise(
    "5.1",
    "activation",
    points=3,
    minutes=15,
    difficulty=2,
    cases=hook_cases,
    hints=(
        "Three steps: register the hook, run the network once, remove the hook.",
        "`handle = layer.register_forward_hook(keep)`, where `keep(module, inputs, output)` puts "
        "the output into a list, and `handle.remove()` at the end.",
        "`try: … finally:` removes the hook also when the network raises; keep "
        "`output.detach().clone()`.",
    ),
)


def hooked(model, layer, images, keep, remove="always", run=None):
    """Run the network with a hook; keep(inputs, output) says what is kept."""
    kept = []

    def hook(module, inputs, output):
        kept.append(keep(inputs, output))

    handle = layer.register_forward_hook(hook)
    try:
        (run or model)(images)
    except Exception:
        if remove == "unless it raises":
            raise
        handle.remove()
        raise
    if remove != "never":
        handle.remove()
    return kept[0]


@activation.misconception(
    "Your hook is still on the layer: every later pass would go on filling its list. Call "
    "`handle.remove()`."
)
def never_removed(model, layer, images):
    return hooked(model, layer, images, lambda i, o: o.detach().clone(), remove="never")


@activation.naively(never_removed)
def never_removed_naively(model, layer, images):
    outputs = {}

    def keep(module, inputs, output):
        outputs["layer"] = output.detach().clone()

    layer.register_forward_hook(keep)
    model(images)
    return outputs["layer"]


@activation.misconception(
    "When the network raises, your hook stays behind. Remove it in a `finally:` block."
)
def left_after_an_error(model, layer, images):
    return hooked(model, layer, images, lambda i, o: o.detach().clone(), "unless it raises")


@activation.naively(left_after_an_error)
def left_after_an_error_naively(model, layer, images):
    kept = []
    handle = layer.register_forward_hook(lambda module, inputs, output: kept.append(output.clone()))
    with torch.no_grad():
        model(images)
    handle.remove()
    return kept[-1]


@activation.misconception(
    "Your activation has no negative values: the in-place ReLU behind the layer has overwritten "
    "the tensor that you kept. Keep a `.clone()`."
)
def overwritten(model, layer, images):
    return hooked(model, layer, images, lambda i, o: o.detach())


@activation.naively(overwritten)
def overwritten_naively(model, layer, images):
    kept = []

    def keep(module, inputs, output):
        kept.append(output)

    handle = layer.register_forward_hook(keep)
    with torch.no_grad():
        model(images)
    handle.remove()
    return kept[0]


@activation.misconception(
    "You kept the whole graph: the activation still asks for gradients and holds the memory of "
    "all layers before it. `.detach()` it."
)
def with_graph(model, layer, images):
    return hooked(model, layer, images, lambda i, o: o.clone())


@activation.naively(with_graph)
def with_graph_naively(model, layer, images):
    kept = []

    def keep(module, inputs, output):
        kept.append(output)

    handle = layer.register_forward_hook(keep)
    model(images)
    handle.remove()
    return kept[0]


@activation.misconception("You kept the layer's input; the hook's third argument is its output.")
def the_input(model, layer, images):
    return hooked(model, layer, images, lambda i, o: i[0].detach().clone())


@activation.naively(the_input)
def the_input_naively(model, layer, images):
    kept = []

    def keep(module, output, inputs):
        kept.append(output[0].detach().clone())

    handle = layer.register_forward_hook(keep)
    model(images)
    handle.remove()
    return kept[0]


@activation.misconception(
    "You called the layer on the pictures directly. Its input is what the layers before it give: "
    "run the whole network."
)
def layer_on_the_picture(model, layer, images):
    return hooked(model, layer, images, lambda i, o: o.detach().clone(), run=layer)


@activation.naively(layer_on_the_picture)
def layer_on_the_picture_naively(model, layer, images):
    with torch.no_grad():
        output = layer(images)
    return output


@activation.misconception("This is the network's answer. What does the *layer* return?")
def the_networks_output(model, layer, images):
    return model(images).detach()


@activation.naively(the_networks_output)
def the_networks_output_naively(model, layer, images):
    kept = []
    handle = layer.register_forward_hook(lambda module, inputs, output: kept.append(output))
    result = model(images)
    handle.remove()
    return result.detach()


@activation.alternative
def with_no_grad(model, layer, images):
    kept = {}

    def keep(module, inputs, output):
        kept["output"] = output.clone()

    handle = layer.register_forward_hook(keep)
    try:
        with torch.no_grad():
            model(images)
    finally:
        handle.remove()
    return kept["output"]


@activation.alternative
def with_the_handle_as_context(model, layer, images):
    kept = []
    with layer.register_forward_hook(lambda m, i, o: kept.append(o.detach().clone())):
        model(images)
    return kept[0]


# 5.2 The receptive field


def stacks(seed: int) -> list[dict]:
    """Two random stacks of (kernel, stride, padding), both with strides in between."""
    rng = np.random.default_rng(seed)
    kernels = [[int(k) for k in rng.choice([3, 5, 7], size=4)] for _ in range(2)]
    strides = ([2, 1, 2, 1], [1, 2, 3, 2])
    return [
        {"layers": [[k, s, k // 2] for k, s in zip(ks, ss, strict=True)]}
        for ks, ss in zip(kernels, strides, strict=True)
    ]


receptive_field = Exercise(
    "5.2",
    "receptive_field",
    points=2,
    minutes=12,
    difficulty=2,
    cases=stacks,
    hints=(
        "Go through the layers from the first to the last and keep three numbers up to date.",
        "A kernel of k adds k − 1 steps. How many pixels long is a step at this depth?",
        "The order matters: size and start use the jump *before* this layer's stride.",
    ),
)


def field_of(layers, size=None, before=None, start=None):
    """The right recursion, with one of its rules replaced."""
    s, j, first = 1, 1, 0
    for kernel, stride, padding in layers:
        used = j if before is None else before(j, stride)
        s = s + (kernel - 1) * used if size is None else size(s, kernel, stride, used)
        first = first - padding * used if start is None else start(first, padding, used)
        j *= stride
    return s, j, first


@receptive_field.misconception(
    "You ignored the strides: behind a stride of 2 every step of a kernel is two pixels long."
)
def without_jump(layers):
    size, _, start = field_of(layers, before=lambda jump, stride: 1)
    return size, field_of(layers)[1], start


@receptive_field.naively(without_jump)
def without_jump_naively(layers):
    size = 1
    for layer in layers:
        size += layer[0] - 1
    jump, start = 1, 0
    for layer in layers:
        start -= layer[2] * jump
        jump *= layer[1]
    return size, jump, start


@receptive_field.misconception(
    "You applied a layer's stride to its own kernel; the stride lengthens the steps of the layers "
    "*behind* it."
)
def stride_too_early(layers):
    return field_of(layers, before=lambda jump, stride: jump * stride)


@receptive_field.naively(stride_too_early)
def stride_too_early_naively(layers):
    kernels, strides, paddings = np.array(layers).T
    jumps = np.cumprod(strides)
    size = 1 + ((kernels - 1) * jumps).sum()
    start = -(paddings * jumps).sum()
    return size, jumps[-1], start


@receptive_field.misconception(
    "You added k steps for a kernel of k; it adds k − 1: a kernel of 1 sees nothing new."
)
def kernel_not_minus_one(layers):
    return field_of(layers, size=lambda s, kernel, stride, jump: s + kernel * jump)


@receptive_field.naively(kernel_not_minus_one)
def kernel_not_minus_one_naively(layers):
    size, jump, start = 0, 1, 0
    for i in range(len(layers)):
        kernel, stride, padding = layers[i]
        size = size + kernel * jump
        start = start - padding * jump
        jump = jump * stride
    return size, jump, start


@receptive_field.misconception("You multiplied the kernels; a stack of 3 and 3 sees 5, not 9.")
def product(layers):
    return field_of(layers, size=lambda s, kernel, stride, jump: s * kernel)


@receptive_field.naively(product)
def product_naively(layers):
    size = np.prod([layer[0] for layer in layers])
    jump, start = 1, 0
    for layer in layers:
        start = start - layer[2] * jump
        jump = jump * layer[1]
    return size, jump, start


@receptive_field.misconception(
    "Your start counts the padding in the layer's own steps; in pixels it is padding × jump."
)
def start_without_jump(layers):
    return field_of(layers, start=lambda first, padding, jump: first - padding)


@receptive_field.naively(start_without_jump)
def start_without_jump_naively(layers):
    start = -sum(padding for kernel, stride, padding in layers)
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size, jump, start


@receptive_field.misconception(
    "Your start has the wrong sign: padding lets the field begin *before* the first pixel."
)
def start_positive(layers):
    return field_of(layers, start=lambda first, padding, jump: first + padding * jump)


@receptive_field.naively(start_positive)
def start_positive_naively(layers):
    sizes, jumps, starts = [1], [1], [0]
    for kernel, stride, padding in layers:
        sizes.append(sizes[-1] + (kernel - 1) * jumps[-1])
        starts.append(starts[-1] + padding * jumps[-1])
        jumps.append(jumps[-1] * stride)
    return sizes[-1], jumps[-1], starts[-1]


@receptive_field.misconception(
    "`(size − 1) · stride + kernel` goes from the last layer to the first. From the first on, add "
    "(kernel − 1) · jump, with the jump before this layer."
)
def backwards_formula(layers):
    size, jump, start = 1, 1, 0
    for kernel, stride, padding in layers:
        size = (size - 1) * stride + kernel
        start -= padding * jump
        jump *= stride
    return size, jump, start


@receptive_field.naively(backwards_formula)
def backwards_formula_naively(layers):
    sizes, jumps, start = [1], [1], 0
    for layer in layers:
        sizes.append(sizes[-1] * layer[1] + layer[0] - layer[1])
        start = start - layer[2] * jumps[-1]
        jumps.append(jumps[-1] * layer[1])
    return sizes[-1], jumps[-1], start


@receptive_field.misconception(
    "The start is set anew in each layer, so that only the last one's padding counts. Take away "
    "padding · jump from what there is."
)
def start_of_the_last(layers):
    size, jump, start = 1, 1, 0
    for kernel, stride, padding in layers:
        size += (kernel - 1) * jump
        start = -padding * jump
        jump *= stride
    return size, jump, start


@receptive_field.naively(start_of_the_last)
def start_of_the_last_naively(layers):
    size = jump = 1
    for layer in layers:
        size = size + (layer[0] - 1) * jump
        start = 0 - layer[2] * jump
        jump = jump * layer[1]
    return size, jump, start


@receptive_field.alternative
def from_the_back(layers):
    size, jump, start = 1, 1, 0
    for kernel, stride, padding in reversed(layers):
        size = (size - 1) * stride + kernel
        start = start * stride - padding
        jump *= stride
    return size, jump, start


@receptive_field.alternative
def by_recursion(layers):
    if not layers:
        return 1, 1, 0
    *earlier, (kernel, stride, padding) = layers
    size, jump, start = by_recursion(earlier)
    return size + (kernel - 1) * jump, jump * stride, start - padding * jump


# 5.3 The strongest places

strongest = Exercise(
    "5.3",
    "strongest",
    points=2,
    minutes=12,
    difficulty=2,
    cases=lambda seed: [
        {
            "maps": (
                np.random.default_rng(seed + n).normal(size=(6, 5, 7))
                * np.array([0.3, 3, 0.3, 4, 0.3, 1])[:, None, None]  # weak maps with a peak
                + np.array([4, 0, 3, 0, 2, -9])[:, None, None]
            ).astype("f4"),
            "k": k,
        }
        for n, k in enumerate((3, 5))
    ],
    hints=(
        "First the best place of each picture, then the k best pictures.",
        "`maps.flatten(1).max(1)` gives values and positions 0 … h·w − 1 of each picture.",
        "Position = row × w + column: `//` and `%` take it apart. `values.topk(k).indices` are the "
        "pictures.",
    ),
)


def places_of(maps, k, key=None, swap=False):
    flat = (maps if key is None else key(maps)).flatten(1)
    values, where = flat.max(1)
    pictures = values.topk(k).indices
    rows, columns = where[pictures] // maps.shape[2], where[pictures] % maps.shape[2]
    return torch.stack([pictures, columns, rows] if swap else [pictures, rows, columns], 1)


@strongest.misconception(
    "Several of your places lie in one picture, and neighbours show nearly the same patch. Keep "
    "only the best place of each picture."
)
def many_in_one_picture(maps, k):
    where = maps.flatten().topk(k).indices
    (h, w) = maps.shape[1:]
    return torch.stack([where // (h * w), where % (h * w) // w, where % w], 1)


@strongest.naively(many_in_one_picture)
def many_in_one_picture_naively(maps, k):
    rest = maps.numpy().copy()
    places = []
    for _ in range(k):
        picture, row, column = np.unravel_index(rest.argmax(), rest.shape)
        places.append([int(picture), int(row), int(column)])
        rest[picture, row, column] = -np.inf
    return torch.tensor(places)


@strongest.misconception("Rows and columns are swapped: position = row × width + column.")
def swapped(maps, k):
    return places_of(maps, k, swap=True)


@strongest.naively(swapped)
def swapped_naively(maps, k):
    height = maps.shape[1]
    order = maps.amax((1, 2)).argsort(descending=True)
    places = []
    for n in order[:k].tolist():
        where = int(maps[n].argmax())
        places.append([n, where // height, where % height])
    return torch.tensor(places)


@strongest.misconception("These are the weakest places; the largest values are wanted.")
def weakest(maps, k):
    return places_of(maps, k, key=torch.neg)


@strongest.naively(weakest)
def weakest_naively(maps, k):
    best = []
    for n in range(len(maps)):
        where = int(maps[n].argmax())
        row, column = where // maps.shape[2], where % maps.shape[2]
        best.append((float(maps[n].max()), n, row, column))
    best.sort()
    return torch.tensor([place[1:] for place in best[:k]])


@strongest.misconception(
    "You took the absolute value: a strongly negative place is what the filter likes least."
)
def by_size(maps, k):
    return places_of(maps, k, key=torch.abs)


@strongest.naively(by_size)
def by_size_naively(maps, k):
    sizes, places = [], []
    for n in range(len(maps)):
        size = np.abs(maps[n].numpy())
        row, column = np.unravel_index(size.argmax(), size.shape)
        sizes.append(size.max())
        places.append([n, row, column])
    order = np.argsort(sizes)[::-1]
    return torch.tensor(np.array(places)[order[:k]])


@strongest.misconception("You took the first k pictures, not the k that excite the filter most.")
def first_pictures(maps, k):
    return places_of(maps[:k], k)[places_of(maps[:k], k)[:, 0].argsort()]


@strongest.naively(first_pictures)
def first_pictures_naively(maps, k):
    places = []
    for n in range(k):
        best = maps[n].max()
        row, column = torch.where(maps[n] == best)
        places.append([n, int(row[0]), int(column[0])])
    return torch.tensor(places)


@strongest.misconception(
    "You ranked the pictures by the mean of their maps. The strongest place counts, however weak "
    "the rest is."
)
def ranked_by_mean(maps, k):
    order = maps.mean((1, 2)).argsort(descending=True)[:k].tolist()
    width = maps.shape[2]
    return torch.tensor([[n, *divmod(maps[n].argmax().item(), width)] for n in order])


@strongest.naively(ranked_by_mean)
def ranked_by_mean_naively(maps, k):
    means = [maps[n].mean().item() for n in range(len(maps))]
    found = []
    for _ in range(k):
        n = means.index(max(means))
        means[n] = -1e9
        place = maps[n].flatten().argmax().item()
        found.append([n, place // maps.shape[2], place % maps.shape[2]])
    return torch.tensor(found)


@strongest.alternative
def with_unravel_index(maps, k):
    values = maps.amax((1, 2))
    places = []
    for picture in values.argsort(descending=True)[:k].tolist():
        row, column = np.unravel_index(int(maps[picture].argmax()), maps.shape[1:])
        places.append([picture, int(row), int(column)])
    return torch.tensor(places)


@strongest.alternative
def by_sorting(maps, k):
    best = []
    for n, one in enumerate(maps):
        row = int(one.amax(1).argmax())
        best.append((float(one.max()), n, row, int(one[row].argmax())))
    return torch.tensor([list(place[1:]) for place in sorted(best, reverse=True)[:k]])


# 5.4 The objective

objective = Exercise(
    "5.4",
    "objective",
    points=1,
    minutes=5,
    cases=lambda seed: [
        {
            "maps": np.random.default_rng(seed + n).normal(size=(3, 4, 5, 6)).astype("f4"),
            "channel": channel,
        }
        for n, channel in enumerate((1, 2))
    ],
    hints=(
        "The channels are the second axis.",
        "`maps[:, channel]` has the shape (N,h,w); one number a picture is wanted.",
        "A mean can run over several axes at once: `.mean((1, 2))`.",
    ),
)


@objective.misconception(
    "You averaged over the pictures too; each picture climbs its own score, shape (N,)."
)
def one_number(maps, channel):
    return maps[:, channel].mean()


@objective.naively(one_number)
def one_number_naively(maps, channel):
    total = 0
    for picture in maps:
        total = total + picture[channel].mean()
    return total / len(maps)


@objective.misconception("`maps[channel]` is a picture; the channels are the second axis.")
def picture_instead_of_channel(maps, channel):
    return maps[channel].mean((1, 2))


@objective.naively(picture_instead_of_channel)
def picture_instead_of_channel_naively(maps, channel):
    one = maps[channel]
    score = one.mean()
    return score


@objective.misconception("You added up the places; take their mean, so that size does not count.")
def added_up(maps, channel):
    return maps[:, channel].sum((1, 2))


@objective.naively(added_up)
def added_up_naively(maps, channel):
    scores = torch.zeros(len(maps))
    for n in range(len(maps)):
        for row in maps[n, channel]:
            scores[n] += row.sum()
    return scores


@objective.misconception(
    "You took the strongest place only. A good idea elsewhere; here all places count alike."
)
def strongest_place(maps, channel):
    return maps[:, channel].amax((1, 2))


@objective.naively(strongest_place)
def strongest_place_naively(maps, channel):
    scores = []
    for picture in maps:
        scores.append(torch.max(picture[channel]))
    return torch.stack(scores)


@objective.misconception("You averaged over all channels: that is no longer one filter.")
def all_channels(maps, channel):
    return maps.mean((1, 2, 3))


@objective.naively(all_channels)
def all_channels_naively(maps, channel):
    scores = []
    for n in range(maps.shape[0]):
        score = maps[n].mean()
        scores.append(score)
    return torch.stack(scores)


@objective.alternative
def flattened(maps, channel):
    return maps.flatten(2).mean(2)[:, channel]


@objective.alternative
def with_einsum(maps, channel):
    return torch.einsum("nhw->n", maps[:, channel]) / maps[0, 0].numel()


# 5.5 The ascent


def ascent_cases(seed: int) -> list[dict]:
    """Two pictures of different contrast; the second case hits 0 and 1."""
    rng = np.random.default_rng(seed)
    return [
        {
            "kernel": rng.normal(size=(1, 3, 3, 3)).astype("f4"),
            "start": (rng.random((2, 3, 6, 6)) * np.array([1, 0.3])[:, None, None, None]).astype(
                "f4"
            ),
            "steps": steps,
            "rate": rate,
        }
        for steps, rate in ((3, 0.02), (6, 0.15))
    ]


ascend = Exercise(
    "5.5",
    "ascend",
    points=3,
    minutes=12,
    difficulty=2,
    cases=ascent_cases,
    tolerance=1e-3,
    hints=(
        "In each step: a picture that asks for gradients, its score, the gradient, a step uphill.",
        "`torch.autograd.grad(score(x).sum(), x)` gives every picture the gradient of its own "
        "score.",
        "Root mean square of each picture: `gradient.square().mean((1, 2, 3), "
        "keepdim=True).sqrt()`. Cut to [0, 1] after every step.",
    ),
)


def climb(score, start, steps, rate, size=None, clamp="each", again=True):
    """The right ascent, with one of its rules replaced."""
    x, first = start.detach().clone(), None
    for _ in range(steps):
        x = x.detach().requires_grad_(True)
        if first is None or again:
            (first,) = torch.autograd.grad(score(x).sum(), x)
        length = first.square().mean((1, 2, 3), keepdim=True).sqrt()
        x = x + rate * (first / length if size is None else size(first))
        x = x.clamp(0, 1) if clamp == "each" else x
    return (x.clamp(0, 1) if clamp == "end" else x).detach()


@ascend.misconception("You walk downhill: add the gradient, as the score has to rise.")
def downhill(score, start, steps, rate):
    return climb(score, start, steps, -rate)


@ascend.naively(downhill)
def downhill_naively(score, start, steps, rate):
    x = start.clone()
    for _ in range(steps):
        x.requires_grad_(True)
        loss = -score(x).sum()
        g = torch.autograd.grad(loss, x)[0]
        for n in range(len(g)):
            g[n] = g[n] / torch.sqrt(torch.mean(g[n] ** 2))
        x = torch.clamp(x.detach() + rate * g, 0, 1)
    return x


@ascend.misconception(
    "You did not divide by the gradient's root mean square; then the step has a filter's own "
    "scale, and no rate suits two filters."
)
def raw_gradient(score, start, steps, rate):
    return climb(score, start, steps, rate, size=lambda g: g)


@ascend.naively(raw_gradient)
def raw_gradient_naively(score, start, steps, rate):
    x = start.clone().requires_grad_(True)
    optimizer = torch.optim.SGD([x], lr=rate, maximize=True)
    for _ in range(steps):
        optimizer.zero_grad()
        score(x).mean().backward()
        optimizer.step()
        x.data.clamp_(0, 1)
    return x.detach()


@ascend.misconception(
    "You took one root mean square for the whole batch; each picture has its own."
)
def one_scale(score, start, steps, rate):
    return climb(score, start, steps, rate, size=lambda g: g / g.square().mean().sqrt())


@ascend.naively(one_scale)
def one_scale_naively(score, start, steps, rate):
    x = start.clone()
    for _ in range(steps):
        x = x.detach().requires_grad_(True)
        g = torch.autograd.grad(score(x).sum(), x)[0].numpy()
        g = g / np.sqrt(np.mean(g**2))
        x = (x + rate * torch.from_numpy(g)).clamp(0, 1)
    return x.detach()


@ascend.misconception("You took the gradient's sign; here weak pixels should move less.")
def sign(score, start, steps, rate):
    return climb(score, start, steps, rate, size=torch.sign)


@ascend.naively(sign)
def sign_naively(score, start, steps, rate):
    x = start.clone()
    for _ in range(steps):
        x.requires_grad_(True)
        g = torch.autograd.grad(score(x).sum(), x)[0]
        root = (g**2).sqrt()
        x = (x.detach() + rate * g / root).clamp(0, 1)
    return x


@ascend.misconception(
    "You divided by the norm, a sum over all values; the root *mean* square makes a step of size "
    "`rate` a value."
)
def norm(score, start, steps, rate):
    return climb(
        score, start, steps, rate, size=lambda g: g / g.flatten(1).norm(dim=1)[:, None, None, None]
    )


@ascend.naively(norm)
def norm_naively(score, start, steps, rate):
    x = start.detach().clone()
    for _ in range(steps):
        x.requires_grad = True
        g = torch.autograd.grad(score(x).sum(), x)[0]
        g /= g.norm()
        x = torch.clamp(x + rate * g, 0, 1).detach()
    return x


@ascend.misconception("Your picture leaves [0, 1]: it is no picture any more. Cut after each step.")
def unbounded(score, start, steps, rate):
    return climb(score, start, steps, rate, clamp="never")


@ascend.naively(unbounded)
def unbounded_naively(score, start, steps, rate):
    x = start.clone()
    for _ in range(steps):
        x.requires_grad_(True)
        g = torch.autograd.grad(score(x).sum(), x)[0]
        for n in range(len(g)):
            g[n] /= g[n].pow(2).mean().sqrt()
        x = x.detach() + rate * g
        x.clamp(0, 1)
    return x


@ascend.misconception(
    "You cut to [0, 1] only at the end; on the way the score saw pictures that do not exist. Cut "
    "after every step."
)
def cut_at_the_end(score, start, steps, rate):
    return climb(score, start, steps, rate, clamp="end")


@ascend.naively(cut_at_the_end)
def cut_at_the_end_naively(score, start, steps, rate):
    x = start.clone()
    for _ in range(steps):
        x = x.detach().requires_grad_(True)
        g = torch.autograd.grad(score(x).sum(), x)[0]
        for n in range(len(x)):
            g[n] /= (g[n] ** 2).mean() ** 0.5
        x = x.detach() + rate * g
    x[x < 0] = 0
    x[x > 1] = 1
    return x


@ascend.misconception("The gradient changes along the way: compute it anew in every step.")
def first_gradient_only(score, start, steps, rate):
    return climb(score, start, steps, rate, again=False)


@ascend.naively(first_gradient_only)
def first_gradient_only_naively(score, start, steps, rate):
    x = start.clone().requires_grad_(True)
    g = torch.autograd.grad(score(x).sum(), x)[0]
    rms = torch.stack([one.pow(2).mean().sqrt() for one in g])
    step = rate * g / rms.view(-1, 1, 1, 1)
    result = start.clone()
    for _ in range(steps):
        result = (result + step).clamp(0, 1)
    return result


@ascend.misconception(
    "You changed the start that you were given. Work on a copy: `start.detach().clone()`."
)
def start_overwritten(score, start, steps, rate):
    start.copy_(climb(score, start, steps, rate))
    return start


@ascend.naively(start_overwritten)
def start_overwritten_naively(score, start, steps, rate):
    x = start
    for _ in range(steps):
        x.requires_grad_(True)
        g = torch.autograd.grad(score(x).sum(), x)[0]
        with torch.no_grad():
            for n in range(len(x)):
                x[n] += rate * g[n] / g[n].square().mean().sqrt()
            x.clamp_(0, 1)
    return x.detach()


@ascend.misconception(
    "The gradients add up from step to step: `.grad` is never set to zero. Take "
    "`torch.autograd.grad`, or call `x.grad.zero_()` after each step."
)
def gradients_add_up(score, start, steps, rate):
    x, total = start.detach().clone(), torch.zeros_like(start)
    for _ in range(steps):
        x.requires_grad_(True)
        total = total + torch.autograd.grad(score(x).sum(), x)[0]
        size = total.square().mean((1, 2, 3), keepdim=True).sqrt()
        x = (x.detach() + rate * total / size.clamp(min=1e-8)).clamp(0, 1)
    return x


@ascend.naively(gradients_add_up)
def gradients_add_up_naively(score, start, steps, rate):
    x = start.detach().clone().requires_grad_(True)
    for _ in range(steps):
        score(x).sum().backward()
        size = (x.grad**2).mean((1, 2, 3), keepdim=True).sqrt() + 1e-8
        x.data = (x.data + rate * x.grad / size).clamp(0, 1)
    return x.detach()


@ascend.alternative
def with_backward(score, start, steps, rate):
    x = start.clone().requires_grad_(True)
    for _ in range(steps):
        x.grad = None
        score(x).sum().backward()
        with torch.no_grad():
            slope = torch.as_tensor(x.grad)
            x += rate * slope / slope.pow(2).flatten(1).mean(1).sqrt().reshape(-1, 1, 1, 1)
            x.clamp_(0, 1)
    return x.detach()


@ascend.alternative
def with_functional_gradient(score, start, steps, rate):
    gradient, x = torch.func.grad(lambda pictures: score(pictures).sum()), start
    for _ in range(steps):
        g = gradient(x)
        x = (x + rate * g * g[0].numel() ** 0.5 / g.flatten(1).norm(dim=1).view(-1, 1, 1, 1)).clamp(
            0, 1
        )
    return x


# Questions

from_the_cat = choice(
    "5.6",
    key="C",
    points=1,
    minutes=3,
    feedback={
        "A": "The same filter drew the same stripes on noise, with no cat anywhere.",
        "B": "A few steps add what the filter likes; they need not take away what it ignores.",
        "C": "The ascent changes only what raises the score. What the filter ignores is left as it "
        "was, so the start shows through and says nothing about the filter.",
        "D": "It is the start that differs, not the depth: from noise the same layer shows no cat.",
    },
)

same_picture = choice(
    "5.7",
    key="A",
    points=1,
    minutes=3,
    feedback={
        "A": "What is still there when everything learned is gone was not learned. The strokes of "
        "the digit get into the map by way of the picture and of the rule at the ReLUs.",
        "B": "Random weights know nothing; a good explanation of them would look different.",
        "C": "The method ran as it should; its rule at the ReLUs brings the strokes out.",
        "D": "Both networks' maps trace the strokes, so that cannot be a sign of what one of them "
        "has learned.",
    },
)
