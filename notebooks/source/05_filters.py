# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 · What does a filter detect?
#
# Lessons 02 to 04 asked about *one picture*: why this answer? From here on we ask about the
# *network*: what is this filter, this unit, looking for, whatever the picture?
#
# You will hang a tool of your own into the network and take it out again, find the patches of
# photographs that excite a filter most, and draw the picture that excites it more than any
# photograph does. And you will see a sharp, convincing map that survives when everything the
# network ever learned is deleted.
#
# You need: convolutions, the gradient of lesson 02. About 80 minutes.

# %% [markdown] slide="notes"
# Let the room name a filter from its patches before the maximized picture is shown, then after.
# They will agree less the second time: that is the lesson.

# %% tags=["setup"]
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from skimage import data
from sklearn.datasets import load_sample_image
from torch import nn
from tqdm.auto import tqdm

from grading.notebook import check, panel, score
from helpers import digits, explain, load, plot, widgets
from helpers.maximize import Fourier, maximize, rotate, scale, shaken, shift

network = load.network()
cat = load.photograph("cat")
digits_network = digits.trained_cnn()
digit_pictures, digit_labels = digits.digits()
print(f"digits network: {digits.accuracy(digits_network):.1%} of the held-out digits are right")
panel("05")

# %% [markdown]
# Two networks. **EfficientNet-Lite0** (ImageNet, photographs): `network.features` is a chain of 22
# parts; `[0]` is the first convolution, `[3]` to `[18]` are blocks of two or three convolutions.
# And a small CNN, trained a second ago on 1,500 handwritten **digits**: two convolutions, two
# linear layers.

# %% [markdown]
# ## The first layer can be read
#
# A filter of the first convolution has 3 × 3 places and 3 channels, as a picture has. So we can
# draw it as one. Gray is zero; each filter is scaled by itself.
#
# **Predict:** what will 32 filters of a network that knows a thousand classes look at first?

# %%
kernels = network.features[0].weight
kernels = 0.5 + 0.5 * kernels / kernels.abs().amax((1, 2, 3), keepdim=True)
plot.images(
    kernels,
    [str(n) for n in range(32)],
    "What the first layer looks for: edges in several directions and spots of colour.",
    "The 32 kernels of the first convolution, 3 × 3 coloured squares each; some are nearly gray.",
    columns=8,
)

# %% [markdown]
# Edges between light and dark, edges between colours, blobs of one colour. This works for the first
# layer only: the kernels of the second layer work on its 32 maps, which are no colours any more
# (one 3 × 3 kernel a map: the layer is depthwise). From there on we have to look at what comes
# *out*.

# %% [markdown]
# ## A hook: look inside while it runs
#
# `network(images)` returns logits; everything in between is lost. PyTorch lets you hang a function
# on any layer: it is called with the layer, its inputs and its output on every pass.
#
# ```python
# handle = layer.register_forward_hook(my_function)
# ...
# handle.remove()
# ```
#
# Three traps. A hook that is not removed stays for ever, also when the pass fails. An output that
# is not detached keeps the whole graph in memory. And a ReLU that works *in place* overwrites the
# tensor that you thought you had kept.

# %% [markdown]
# ### Exercise 5.1 · A hook that keeps an activation
#
# Write `activation(model, layer, images)`: run `model(images)` once and return what `layer` (a part
# of the model) returned in that pass, as a copy of its own, without a graph. Afterwards no hook of
# yours is left on the layer, **also if the model raises**; its error goes on to the caller.


# %% exercise="5.1"
def activation(model, layer, images):
    """What the layer returns when the model sees the images; leaves no hook behind."""
    ### BEGIN SOLUTION
    kept = []

    def keep(module, inputs, output):
        # A copy, because an in-place ReLU may come next.
        kept.append(output.detach().clone())

    handle = layer.register_forward_hook(keep)
    try:
        model(images)
    finally:
        handle.remove()
    return kept[0]
    ### END SOLUTION


# %% check="5.1"
activation = check("5.1")

# %% [markdown]
# The cat, seen by twelve channels of seven layers. Magenta: the channel is active there; blue:
# negative. Each map has its own scale.
#
# **Predict:** down to which layer will you still see a cat?


# %% tags=["long"]
def twelve_maps(depth):
    """The twelve channels that vary most over the cat."""
    maps = activation(network, network.features[depth], cat)[0]
    chosen = maps.flatten(1).std(1).topk(12).indices.sort().values
    channels, height, width = maps.shape
    return plot.heatmaps(
        maps[chosen][:, None],
        [f"channel {c}" for c in chosen.tolist()],
        f"features[{depth}]: {channels} channels of {height} × {width} places. The fewer places, "
        "the less of a cat.",
        "Twelve maps of the cat, magenta and blue",
        signed=True,
        ends=("negative", "positive"),
    )


DEPTHS = [0, 4, 6, 9, 13, 18, 21]
widgets.slider(twelve_maps, DEPTHS, "part of network.features")

# %%
twelve_maps(18)

# %% [markdown]
# At the start every map is a picture of the cat: its edges, its bright parts. At the end a map has
# 7 × 7 places, and a broad patch of them is on. It is no picture of anything.

# %% [markdown]
# ## One digit, all the way
#
# The digits network is small enough to draw *everything* that happens to one digit.


# %%
def strip(maps):
    """The eight most active maps (C,h,w), each scaled by itself, side by side in one picture."""
    maps = maps[maps.mean((1, 2)).topk(8).indices]
    maps = maps / maps.flatten(1).amax(1).clamp(min=1e-6)[:, None, None]
    return plot.sheet(F.interpolate(maps[:, None], (28, 28)), columns=8)


FIRST, SECOND, LAST = digits_network[0], digits_network[3], digits_network[8]
chosen_digit = 1500 + (digit_labels[1500:] == 3).nonzero()[0].item()
three = digit_pictures[chosen_digit][None]
stages = [(f"convolution {n}", digits_network[i]) for n, i in ((1, 1), (2, 4))]
stages.append(("after pooling", digits_network[5]))
shown = {}
for name, layer in stages:
    maps = activation(digits_network, layer, three)[0]
    shown[f"{name}\n{maps.shape[1]} × {maps.shape[2]}"] = strip(maps)
numbers, logits = activation(digits_network, LAST, three).clamp(min=0), digits_network(three)
shown["64 numbers"] = (numbers / numbers.max())[None]
shown["10 logits\n0 to 9"] = (logits.clamp(min=0) / logits.max())[None]
plot.images(three, caption="The digit that we follow.", alt="A handwritten 3, white on black.")

# %%
plot.images(
    list(shown.values()),
    caption="What happens to one digit, the eight most active maps of each layer: the further in, "
    "the less of it can be read.",
    alt="Maps that still show a 3; coarser ones; mosaics of 7 × 7; a row of 64 gray cells; ten "
    "logits, of which that of the 3 is white.",
    columns=1,
    rows=list(shown),
)

# %% [markdown]
# You can read the first maps, guess the second, and see little in 7 × 7. The 64 numbers nobody can
# read, and yet all that the network knows of the digit is there: the answer is computed from
# them alone. Looking at activations stops helping where it would get interesting. So turn the
# question around: not "what does this picture do to the filters?" but "**which** picture does most
# to this filter?"

# %% [markdown]
# ## Which pixels can a place see?
#
# A place in a deep map looks at a square of the picture, its **receptive field**. Go through the
# layers and keep three numbers: its **size**; the **jump**, by how many pixels the field moves when
# you go one place on; and the **start**, the first pixel that place 0 sees (negative: padding).
# Before any layer they are 1, 1, 0.
#
# A layer with kernel $k$, stride $s$ and padding $p$: the kernel's $k-1$ further steps are one jump
# long each; the padding begins $p$ jumps earlier; behind the layer a step is $s$ times as long.

# %% [markdown]
# ### Exercise 5.2 · The receptive field
#
# Write `receptive_field(layers)`: `layers` is a list of (kernel, stride, padding), first layer
# first, whole numbers. Return the three whole numbers `size, jump, start`, in pixels.


# %% exercise="5.2"
def receptive_field(layers):
    """[(kernel, stride, padding), …] → size, jump and start of the last layer's field."""
    ### BEGIN SOLUTION
    size, jump, start = 1, 1, 0
    for kernel, stride, padding in layers:
        size += (kernel - 1) * jump
        start -= padding * jump
        jump *= stride
    return size, jump, start
    ### END SOLUTION


# %% check="5.2"
receptive_field = check("5.2")


# %%
def windows(part):
    """(kernel, stride, padding at the left) of every convolution and pooling of a part."""
    found = []
    for module in part.modules():
        if isinstance(module, (nn.Conv2d, nn.MaxPool2d)):
            (k, s) = (np.max(module.kernel_size).item(), np.max(module.stride).item())
            found.append((k, s, (k - s) // 2))  # how both networks pad
    return found


sizes = {depth: receptive_field(windows(network.features[: depth + 1])) for depth in DEPTHS}
for depth, (size, jump, start) in sizes.items():
    print(f"features[{depth:2}]: sees {size:3} pixels, jump {jump:2}, starts at {start}")

# %% [markdown]
# From `features[13]` on the field is larger than the 224 pixels of the picture: a place *may* see
# all of it. We work with `features[4]` (11 pixels, 24 channels) and `features[9]` (115 pixels, 80
# channels).

# %% [markdown]
# ## The patches a filter likes most
#
# Show the network many pictures, write down where a filter answers most, and cut out what it saw
# there (Zeiler & Fergus, 2014). No gradient, no drawing, only real pictures. The best places of all
# tend to be neighbours that show the same thing; so at most one place a picture.

# %% [markdown]
# ### Exercise 5.3 · The strongest places
#
# Write `strongest(maps, k)`: `maps` are one filter's maps of N pictures, (N,h,w). Take the largest
# value of each picture, then the k pictures whose largest value is largest. Return whole numbers
# (k,3): picture, row, column; strongest first.


# %% exercise="5.3"
def strongest(maps, k):
    """The k strongest places, one a picture: (N,h,w) → (k,3) of picture, row, column."""
    ### BEGIN SOLUTION
    values, where = maps.flatten(1).max(1)
    pictures = values.topk(k).indices
    rows, columns = where[pictures] // maps.shape[2], where[pictures] % maps.shape[2]
    return torch.stack([pictures, rows, columns], dim=1)
    ### END SOLUTION


# %% check="5.3"
strongest = check("5.3")

# %%
sources = (
    *(data.chelsea(), data.coffee(), data.rocket(), data.astronaut()),
    *(load_sample_image("china.jpg"), load_sample_image("flower.jpg")),
)
large = torch.cat([load.image(source, size=448) for source in sources])


def patches(maps, pictures, layers, k=4, side=72):
    """What the k strongest places of one filter's maps (N,h,w) see: k × (1,C,side,side)."""
    size, jump, start = receptive_field(layers)
    edge = -(start // jump)  # places nearer to the border see padding: leave them out
    found = []
    for n, row, column in strongest(maps[:, edge:-edge, edge:-edge], k).tolist():
        top, left = ((place + edge) * jump + start for place in (row, column))
        patch = pictures[n : n + 1, :, top : top + size, left : left + size]
        found.append(F.interpolate(patch, (side, side), mode="bilinear", antialias=True))
    return found


# %%
SHALLOW, DEEP = 4, 9
CHANNELS = {SHALLOW: [3, 5, 12, 14], DEEP: [4, 10, 12, 21]}
layers = {depth: windows(network.features[: depth + 1]) for depth in CHANNELS}
large_maps = {depth: activation(network, network.features[depth], large) for depth in CHANNELS}
best = {
    (depth, channel): patches(large_maps[depth][:, channel], large, layers[depth])
    for depth, channels in CHANNELS.items()
    for channel in channels
}


# %%
plot.images(
    [plot.sheet(four, columns=2) for four in best.values()],
    [f"channel {channel}" for _, channel in best],
    "What excites a filter most in six photographs. Give each one a name.",
    "Eight sheets of four patches each: lines and edges in the first row, larger pieces of things "
    "in the second.",
    rows=[f"features[{depth}]" for depth in CHANNELS],
)

# %% [markdown]
# Name them. In `features[4]` the first answers to upright lines, the second mostly to level ones,
# the other two to the two diagonals; colour hardly matters. In `features[9]`, channel 4 might be
# "something round": a helmet, the rocket's tip, a nose, a roof's top. Channel 10: balconies? Your
# neighbour has other names. And six photographs are a small world: the fourth patch is only the
# best that the fourth photograph had to offer.

# %% [markdown]
# ## The picture a filter likes most
#
# Now draw. Start from anything, here noise, and go uphill (Erhan et al., 2009):
#
# $$X^\ast = \arg\max_X \; a_c(X)$$
#
# with $a_c$ the mean of channel $c$'s map. The network stays fixed; the *picture* is trained.

# %% [markdown]
# ### Exercise 5.4 · The objective
#
# Write `objective(maps, channel)`: maps (N,C,h,w) → the mean over all places of this channel, one
# number a picture, shape (N,).


# %% exercise="5.4"
def objective(maps, channel):
    """How much each picture excites a channel: (N,C,h,w) → (N,)."""
    ### BEGIN SOLUTION
    return maps[:, channel].mean((1, 2))
    ### END SOLUTION


# %% check="5.4"
objective = check("5.4")

# %% [markdown]
# ### Exercise 5.5 · The ascent
#
# Write `ascend(score, start, steps, rate)`. `score(pictures)` gives one number a picture,
# (N,3,H,W) → (N,). In each step add `rate` times the gradient of each picture's score, the gradient
# divided by *its own* root mean square over that picture, $\sqrt{\text{mean}(g^2)}$; then cut to
# [0, 1]. Return the last pictures, without a graph. The `start` stays as it was.


# %% exercise="5.5"
def ascend(score, start, steps, rate):
    """Pictures with a high score, by gradient ascent: (N,3,H,W) → (N,3,H,W) in [0,1]."""
    ### BEGIN SOLUTION
    pictures = start.detach().clone()
    for _ in range(steps):
        pictures.requires_grad_(True)
        (gradient,) = torch.autograd.grad(score(pictures).sum(), pictures)
        length = gradient.square().mean((1, 2, 3), keepdim=True).sqrt()
        pictures = (pictures.detach() + rate * gradient / length).clamp(0, 1)
    return pictures.detach()
    ### END SOLUTION


# %% check="5.5"
ascend = check("5.5")


# %%
def filter_score(depth, channel):
    """pictures → how much they excite this channel of network.features[depth]."""
    part = network.features[: depth + 1]  # the layers behind it are not needed
    return lambda pictures: objective(part(network.normalise(pictures)), channel)


small_cat = F.interpolate(cat, (128, 128), mode="bilinear", antialias=True)
random = torch.Generator().manual_seed(0)
noise = (0.5 + 0.1 * torch.randn(small_cat.shape, generator=random)).clamp(0, 1)
starts = torch.cat([noise, small_cat])
pictures, scores = [*starts], []
for depth, channel in ((SHALLOW, 5), (DEEP, 4)):
    excited = filter_score(depth, channel)
    found = ascend(excited, starts, steps=30, rate=0.02)
    scores.append((excited(starts).max(), excited(found).min()))
    pictures += [*found]

# %%
plot.images(
    pictures[0::2] + pictures[1::2],
    caption="The picture that a filter likes most keeps much of its start. Every score rises above "
    f"{min(after for _, after in scores):.0f}; no start had more than "
    f"{max(before for before, _ in scores):.0f}.",
    alt="From noise: fine level stripes; grainy balls. From the cat: the cat, covered by the same "
    "stripes and balls.",
    columns=["start", "features[4], channel 5", "features[9], channel 4"],
    rows=["from noise", "from the\ncat"],
)

# %% [markdown]
# All four scores rise far above what the cat had. From noise, `features[4]` draws level stripes,
# `features[9]` packs balls: deeper means larger and more complex. All of it is made of a grain that
# no photograph has. The picture from the cat is still a cat: a homework we know searches its
# filters from a photograph like this.

# %% [markdown]
# ### Question 5.6 · A cat in X*
#
# The X* that started from the photograph shows a cat under stripes or balls. What follows?
#
# - **A** The filter detects cats.
# - **B** The search has not been run long enough to be of any use.
# - **C** The cat comes from the start: what the filter ignores is left as it was.
# - **D** Deep layers prefer cats, shallow ones prefer noise.

# %% exercise="5.6"
### BEGIN SOLUTION
answer_5_6 = "C"
### END SOLUTION

# %% check="5.6"
check("5.6")

# %% [markdown]
# ## Drawing with waves
#
# Pixel by pixel the ascent finds grain, as grain is the cheapest way up. Two changes, built in
# lesson 06, help: move the *waves* that a picture is made of, so that coarse forms are as
# easy to draw as fine ones, and shift, scale and turn the picture a little in every step, so that
# what depends on single pixels does not pay.


# %% tags=["long"]
def each_its_own(depth):
    """pictures (C,3,H,W) → how much each excites its own channel of CHANNELS[depth], (C,)."""
    part, own = network.features[: depth + 1], torch.tensor(CHANNELS[depth])
    return lambda x: part(network.normalise(x))[torch.arange(len(own)), own].mean((1, 2))


drawn, shaking = {}, shaken(shift(4), scale(0.05), rotate(3))
for depth, side, steps in ((SHALLOW, 64, 60), (DEEP, 112, 50)):
    waves = Fourier(len(CHANNELS[depth]), side)
    result = maximize(each_its_own(depth), waves, steps, transform=shaking, lr=0.03)
    for channel, picture in zip(CHANNELS[depth], result.picture.split(1)):
        drawn[depth, channel] = F.interpolate(picture, (144, 144), mode="bilinear")

# %% tags=["cover"]
pictures, titles = [], []
for depth, channels in CHANNELS.items():
    pictures += [drawn[depth, channel] for channel in channels]
    pictures += [plot.sheet(best[depth, channel], columns=2) for channel in channels]
    titles += [f"channel {channel}" for channel in channels] + [""] * 4
plot.images(
    pictures,
    titles,
    "What a filter could answer to at all, and what it does answer to in photographs.",
    "Drawn for features[4]: stripes, upright, level and two diagonals, as in the patches. For "
    "features[9]: dark balls, hatched tiles, a woven plaid, a net.",
    rows=[f"features[{d}]\n{what}" for d in CHANNELS for what in ("X*", "patches")],
)

# %% [markdown]
# **Two layers.** In `features[4]` X* and the patches tell one story: stripes of one direction. In
# `features[9]` they add to each other: channel 4 packs balls, and its patches were round things, a
# helmet, a rocket's tip, a nose; channel 21 draws a net, and its patches show petals and a lattice
# mast, but also a lake. The X* says what the filter *could* answer to; the patches say what it
# *does* answer to in photographs. Neither alone is its meaning.

# %% [markdown]
# ## Twelve filters of the digits network
#
# The same for the digits network: its second convolution, twelve filters. First the X* of the whole
# map, then the X* of **one place** (the 8 × 8 pixels that it sees), both with your ascent; beside
# the second the three patches of real digits that excite the filter most.
#
# **Predict:** single strokes, corners, whole digits?

# %%
twelve, second = torch.arange(12), digits_network[:4]
random = torch.Generator().manual_seed(0)
grey = 0.5 + 0.1 * torch.randn((12, 1, 28, 28), generator=random)
whole_map = ascend(lambda x: second(x)[twelve, twelve].mean((1, 2)), grey, steps=60, rate=0.01)
one_place = ascend(lambda x: second(x)[twelve, twelve, 7, 7], grey, steps=60, rate=0.005)
size, jump, start = receptive_field(windows(second))
first = 7 * jump + start
one_place = one_place[:, :, first : first + size, first : first + size]
digit_maps = activation(digits_network, SECOND, digit_pictures)

# %%
plot.images(
    whole_map,
    [f"filter {channel}" for channel in range(12)],
    "The X* of a whole map: cheap ways to please many places at once, and no stroke to be seen.",
    "Twelve pictures, nearly white or mazes of dots.",
)

# %%
plot.images(
    [
        plot.sheet(
            [
                F.interpolate(one_place[[channel]], (28, 28)),
                *patches(digit_maps[:, channel], digit_pictures, windows(second), 3, 28),
            ],
            columns=2,
        )
        for channel in range(12)
    ],
    [f"filter {channel}" for channel in range(12)],
    "In each square, top left: the X* of one place, a piece of a stroke. The other three: patches "
    "of real digits, which have the same piece.",
    "Twelve squares of four small pictures each, with edges and strokes in several directions.",
)

# %% [markdown]
# The whole map's X* is nearly white or a maze of dots: a score that adds up all places, and pooling
# that keeps one pixel of four, are cheapest to please that way. One place shows **pieces of
# strokes**, and the real patches agree: a stroke with black at its left (3), at its right (1, 4,
# 10), above it (2, 6), below it (5, 11); plain white, the inside of a thick stroke (8). No filter
# knows a whole digit: it sees 8 pixels of 28.

# %% [markdown]
# ## Which pixels excite a neuron?
#
# A patch is a square; which of its pixels count? The gradient of the neuron is one answer.
# **Deconvolution** (Zeiler & Fergus, 2014) and **guided backpropagation** (Springenberg et al.,
# 2015) bend the way back at every ReLU: deconvolution lets positive signals through, guided
# backpropagation only where the ReLU was on, too. The result is not a gradient of anything.
#
# The neuron here is the digits network's output for the right class.

# %%
methods = {
    "gradient": explain.gradient,
    "deconvolution": explain.deconvolution,
    "guided backprop": explain.guided_backprop,
}


def maps_of(model, pictures, target):
    return {name: method(model, pictures, target) for name, method in methods.items()}


# %%
held_out, held_labels = digit_pictures[-297:], digit_labels[-297:]
trained = maps_of(digits_network, held_out, held_labels)
plot.heatmaps(
    [maps[n] for n in (0, 1, 2) for maps in trained.values()],
    caption="Guided backpropagation traces the strokes most clearly. Is that an explanation?",
    alt="Three digits; the gradient is scattered, deconvolution and guided backpropagation trace "
    "the strokes.",
    photograph=held_out[:3],
    columns=["digit", *methods],
)

# %% [markdown]
# Deconvolution and guided backpropagation trace the strokes; they look like the better answers.
# Lesson 02 taught us to ask what a map would look like that *ignores* the network. So delete all
# that was learned: every weight drawn anew.
#
# **Predict:** what will be left of the three maps?

# %%
nets = [explain.randomized(digits_network, seed) for seed in range(5)]
untrained = maps_of(nets[0], held_out, held_labels)
plot.heatmaps(
    [maps[n] for n in (0, 1, 2) for maps in untrained.values()],
    caption="A network that has learned nothing: guided backpropagation still shows parts of the "
    "strokes.",
    alt="The same three digits and a network with random weights: gradient and deconvolution are "
    "noise; guided backpropagation shows parts of the strokes.",
    photograph=held_out[:3],
    columns=["digit", *methods],
)

# %%
survives = {name: [] for name in methods}
for net in nets:
    for name, maps in maps_of(net, held_out[:60], held_labels[:60]).items():
        survives[name].append(explain.rank_correlation(maps, trained[name][:60]).mean().item())
plot.bars(
    ["gradient", "deconvolution", "guided\nbackprop", "Sobel"],
    {"": [*(np.mean(values).item() for values in survives.values()), 1.0]},
    "rank correlation,\ntrained and random weights",
    "Little of any map survives random weights; guided backpropagation keeps the most. Sobel never "
    "asks the network. (Mean of 60 digits and 5 random networks.)",
    size=(5.2, 3.3),
)

# %% [markdown]
# Guided backpropagation keeps more than twice as much as the gradient: 0.28 against 0.12. On the
# large network it is deconvolution that fails, and completely. The score: channel 4 of
# `features[9]`, mean over all places, for two photographs.
#
# **Predict:** how similar are its maps of a cat and of a coffee?


# %%
class Channels(nn.Module):
    """The mean of every channel of network.features[depth], as if they were logits."""

    def __init__(self, depth):
        super().__init__()
        self.normalise, self.part = network.normalise, network.features[: depth + 1]

    def forward(self, images):
        return self.part(self.normalise(images)).mean((2, 3))


# %%
coffee = load.photograph("coffee")
both = maps_of(Channels(DEEP), torch.cat([cat, coffee]), 4)
alike = {name: explain.rank_correlation(m[:1], m[1:]).item() for name, m in both.items()}
plot.heatmaps(
    [m[n] for n in (0, 1) for m in both.values()],
    caption="Two photographs, and one map of deconvolution. (Below each name: the rank correlation "
    "of its two maps.)",
    alt="The cat and the coffee with three maps each; deconvolution draws the same grid for both.",
    photograph=torch.cat([cat, coffee]),
    columns=["photograph", *(f"{name}\n{value:.2f}" for name, value in alike.items())],
)

# %%
for name, value in alike.items():
    print(f"{name:16} cat against coffee: rank correlation {value:+.2f}")

# %% [markdown]
# Deconvolution draws the same grid for both, to the last digit. Its rule at a ReLU never looks at
# the picture; in the original paper only max pooling carried the picture's traces back, and this
# network has none. The grid is made of strides and weights. A question about pixels, answered
# without the pixels.

# %% [markdown]
# ### Question 5.7 · The same picture, nothing learned
#
# Guided backpropagation's map of a network with *random* weights still shows parts of the
# digit's strokes.
# What may you conclude about its map of the trained network?
#
# - **A** Part of it comes from the picture and the method, not from what the network learned.
# - **B** The random network has found the same features by chance.
# - **C** The method was not run correctly on the random network.
# - **D** It traces the strokes, so it must show what the neuron detects.

# %% exercise="5.7"
### BEGIN SOLUTION
answer_5_7 = "A"
### END SOLUTION

# %% check="5.7"
check("5.7")

# %% [markdown]
# ## What can change before the answer does?
#
# A filter slides over the picture, so it should not matter *where* a thing is. Does it matter how
# it is turned, how large it is, how much of it can be seen? Ask.
#
# **Predict:** which of the four costs the espresso most?


# %%
def moved(picture, turn=0.0, zoom=1.0, right=0.0):
    """The picture turned (degrees), enlarged and shifted (pixels); the rest is gray."""
    angle = np.deg2rad(turn)
    cos, sin = np.cos(angle) / zoom, np.sin(angle) / zoom
    matrix = torch.tensor([[cos, -sin, -2 * right / 224], [sin, cos, 0]])[None].float()
    grid = F.affine_grid(matrix, picture.shape, align_corners=False)
    return 0.5 + F.grid_sample(picture - 0.5, grid, align_corners=False)


def occluded(picture, side):
    """The picture with a gray square of this side in its middle."""
    result, first = picture.clone(), 112 - side // 2
    result[:, :, first : first + side, first : first + side] = 0.5
    return result


# %% tags=["long"]
changes = {
    "gray square, pixels": (occluded, [0, 24, 48, 72, 96, 120, 144, 168]),
    "enlarged, times": (lambda x, z: moved(x, zoom=z), [0.3, 0.45, 0.6, 0.8, 1, 1.4, 1.9, 2.5]),
    "shifted, pixels": (lambda x, r: moved(x, right=r), [0, 1, 2, 4, 8, 16, 32, 64]),
    "turned, degrees": (lambda x, t: moved(x, turn=t), [0, 15, 30, 60, 90, 120, 150, 180]),
}
subjects = {"coffee": "espresso", "rocket": "missile"}
originals = {name: load.photograph(name) for name in subjects}
views = [
    change(originals[name], value)
    for name in subjects
    for change, values in changes.values()
    for value in values
]
bar = tqdm(views, desc="asking the network", delay=1, leave=False)
answers = torch.cat([network(view).softmax(1) for view in bar]).view(2, 4, 8, 1000)

# %%

figure = Figure(figsize=(7.6, 5), layout="constrained")
axes = figure.subplots(2, 2, sharey=True).ravel()
for n, (axis, (label, (_, values))) in enumerate(zip(axes, changes.items())):
    for m, name in enumerate(subjects.values()):
        p = answers[m, n, :, load.class_index(network, name)]
        axis.plot(
            values, p, marker="osD"[m], ms=4, color=plot.COLOURS[m], ls=plot.DASHES[m], label=name
        )
    axis.set(xlabel=label, ylim=(-0.03, 1), ylabel="" if n % 2 else "probability")
    axis.grid(alpha=0.3)
figure.legend(*axis.get_legend_handles_labels(), loc="outside upper center", ncols=3)
plot.picture(
    figure,
    "A shift costs little; covering, shrinking and turning take nearly everything.",
    "Four charts: the probability of two photographs' classes when they are covered, scaled, "
    "shifted, turned.",
)

# %%
extreme = {
    "the photograph": coffee,
    "covered, 120 pixels": occluded(coffee, 120),
    "shrunk to 0.3": moved(coffee, zoom=0.3),
    "shifted by 64": moved(coffee, right=64),
    "turned by 90°": moved(coffee, turn=90),
    "turned by 180°": moved(coffee, turn=180),
}
said = [load.top_classes(network, view, 1)[0][0] for view in extreme.values()]
plot.images(
    list(extreme.values()),
    [f"{how}\n{name} {p:.2f}" for how, (name, p) in zip(extreme, said)],
    "Shifted it is still an espresso; covered, shrunk or turned it becomes something else.",
    "The coffee as it is, covered, small, shifted, turned, and upside down.",
    columns=3,
)

# %% [markdown]
# A **shift** costs little: the same filters slide everywhere, and the mean over all places forgets
# where. (Not nothing: moved by a single pixel, the missile loses 0.09, because a stride of 2 keeps
# every second place only.) Nothing of the kind is built in for **turning** and **scaling**: a
# filter for upright stripes is no filter for level ones. Upside down the espresso is a ladle; at
# 0.3 of its size it is a switch. What the network knows of sizes and angles it has seen in
# training. A **gray square** of 48 pixels takes nearly half the espresso's probability.

# %% [markdown]
# ## The last layer, drawn in two dimensions
#
# The 64 numbers before the logits are what the digits network thinks of a digit. Nobody reads 64
# numbers, but two can be drawn. **PCA** takes the two directions in which the numbers vary most;
# **t-SNE** (van der Maaten & Hinton, 2008) bends the space so that neighbours stay neighbours.
#
# The 297 digits that the network was not trained on: their *pixels* by PCA, then the 64 numbers
# by PCA and by t-SNE. Below each title: how often a digit's nearest neighbour in the drawing has
# its label. Then the digits that sit on a wrong island by t-SNE.

# %% tags=["long"]
from sklearn.manifold import TSNE


def pca(points):
    """The two directions of largest variance: (N,D) → (N,2)."""
    centred = points - points.mean(0)
    return centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:2].T


def tsne(points, perplexity=20):
    found = TSNE(perplexity=perplexity, random_state=0, init="pca").fit_transform(points.numpy())
    return torch.from_numpy(found)


features = activation(digits_network, LAST, held_out)
layouts = {
    "pixels, PCA": pca(held_out.flatten(1)),
    "64 numbers, PCA": pca(features),
    "64 numbers, t-SNE": tsne(features),
}


# %%
def neighbour_labels(points):
    """The label of each point's nearest neighbour: (N,2) → (N,)."""
    return held_labels[torch.cdist(points, points).fill_diagonal_(torch.inf).argmin(1)]


TEN = [*plot.COLOURS, "#7F7F7F", "#8B4513", "#6A3D9A"]  # colours
panels = {}
for name, points in layouts.items():
    own = (neighbour_labels(points) == held_labels).float().mean()
    clouds = {str(digit): points[held_labels == digit] for digit in range(10)}
    panels[f"{name}\n{own:.0%} beside their own"] = clouds
plot.scatter(
    panels,
    caption="The ten classes are there in the last layer's numbers; two straight directions do not "
    "show it.",
    alt="297 digits as clouds of numerals: mixed by pixels, less mixed by the last layer's "
    "numbers, islands of one class each by t-SNE.",
    marks={str(digit): (f"${digit}$", TEN[digit], 45) for digit in range(10)},
)

# %%
beside_them = neighbour_labels(layouts["64 numbers, t-SNE"])
strangers = (beside_them != held_labels).nonzero()[:8, 0].tolist()
plot.images(
    held_out[strangers],
    [f"{held_labels[i]}, beside {beside_them[i]}" for i in strangers],
    "Digits whose nearest neighbour by t-SNE is another digit: a person could misread most of them "
    "too.",
    "Handwritten digits that can be taken for others.",
)

# %% [markdown]
# Two straight directions cannot hold ten classes: even of the 64 numbers PCA shows mixed crowds.
# t-SNE shows islands, nearly all of one class: the information was there. And a digit on the wrong
# island often has a shape that explains it.
#
# t-SNE keeps neighbours and nothing else: the *size* of an island and the *distance* of two islands
# mean nothing, and it draws islands where there are none:

# %% tags=["long"]
dice = torch.randn(297, 64, generator=torch.Generator().manual_seed(0))
clouds = {f"random numbers\nperplexity {p}": tsne(dice, p) for p in (3, 20)}
clouds["64 numbers\nperplexity 3"] = tsne(features, 3)
plot.scatter(
    {name: {"": points} for name, points in clouds.items()},
    caption="At perplexity 3 t-SNE draws clumps where there are none, and breaks the digits' "
    "islands into pieces.",
    alt="297 random points, clumps at perplexity 3 and one cloud at 20; the digits at perplexity "
    "3: many small clumps.",
    marks={"": ("o", "black", 7)},
)

# %% [markdown]
# ## What to take away
#
# - The first layer's kernels can be drawn; deeper ones cannot. A hook shows what comes out. Remove
#   it.
# - The receptive field grows by (kernel − 1) × jump; the jump by the stride.
# - **Patches** show what excites a filter in *your* pictures; **X\*** what could excite it at all.
#   Start X* from noise: a photograph shows through.
# - A sharp map is no proof. Compare it with that of random weights.
# - t-SNE keeps neighbours; sizes and distances of its islands mean nothing.
#
# Next: **class maximization**. What does a whole digit, or a cat, look like to a network?

# %% [markdown]
# ## How far am I?

# %% check="score"
score("05")
