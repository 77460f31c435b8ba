# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · Saliency and SmoothGrad
#
# A network looks at a photograph and says *missile*. Which pixels made it say so?
#
# The oldest answer is one line of calculus: ask how much the network's score would change if a
# pixel changed a little. You will write that line, find out how easily its picture fools you,
# take the noise out of it, and get a second opinion that uses no calculus at all.
#
# You need: the chain rule and what a batch is. About 70 minutes.

# %% [markdown] slide="notes"
# Ask the room before anything runs: where would *you* look to know that this is a rocket? Write
# the answers down; compare them with the occlusion map at the end, not with the gradient.

# %% tags=["setup"]
import numpy as np
import torch
import torch.nn.functional as F
from tqdm.auto import tqdm

from grading.notebook import check, panel, score
from helpers import explain, load, plot, widgets

network = load.network()
photographs = load.photographs()
rocket = photographs["rocket"]
MISSILE = load.class_index(network, "missile")
panel("02")

# %% [markdown]
# The network is EfficientNet-Lite0, trained on ImageNet: 1,000 classes, real weights. It gives
# every class a **logit**, any real number; the softmax turns the logits into probabilities.

# %%
for name, picture in photographs.items():
    (best, p), (second, q), *_ = load.top_classes(network, picture)[0]
    print(f"{name:10}  {best} {p:.2f}, then {second} {q:.2f}")
plot.images(
    list(photographs.values()),
    list(photographs),
    "All six are put to the test in this lesson: what holds on one may fail on the next.",
    "Six photographs.",
    columns=3,
)

# %% [markdown]
# ## Which pixels would change the score?
#
# For very small changes $\delta$ of the photograph $x$ the logit $z_c$ is almost linear:
#
# $$z_c(x + \delta) \approx z_c(x) + \sum_i \frac{\partial z_c}{\partial x_i}\,\delta_i$$
#
# So $\partial z_c/\partial x_i$ says how much the score of class $c$ rises for each unit by which
# the value $x_i$ rises. One backward pass gives it for all 150,528 values at once. This is the
# **saliency map** (Simonyan, Vedaldi & Zisserman, 2013).
#
# ImageNet has no class *rocket*; its nearest one is *missile*, and the network says so.
#
# **Predict:** where will the map be large: on the rocket, its outline, the towers, the sky?

# %% [markdown]
# ### Exercise 2.1 · The gradient of a logit
#
# Write `saliency(model, images, target)`. `images` has shape (N,3,H,W), `target` is a class index.
# Return the gradient of the target's logit with respect to the pixels, one map a picture, with its
# sign, same shape as `images`. The pictures you were given must stay as they are.


# %% exercise="2.1"
def saliency(model, images, target):
    """Gradient of the target's logit with respect to the pixels: (N,3,H,W) → (N,3,H,W)."""
    ### BEGIN SOLUTION
    images = images.detach().clone().requires_grad_(True)
    logits = model(images)
    # Adding up over the pictures is safe: no picture's logit depends on another picture.
    (gradient,) = torch.autograd.grad(logits[:, target].sum(), images)
    return gradient
    ### END SOLUTION


# %% check="2.1"
saliency = check("2.1")

# %%
gradient = saliency(network, rocket, MISSILE)
plot.heatmaps(
    [gradient],
    ["strength of the gradient"],
    "Bright: a small change of this pixel would move the score most.",
    "The rocket, and its saliency map: grains all over, brightest around the tips of rocket and "
    "towers.",
    photograph=rocket,
)

# %% [markdown]
# Look: it is strongest around the tips of the rocket and of the towers, but these are grains, not
# a rocket. We come back to the grains. First: what exactly did we differentiate?

# %% [markdown]
# ## The logit, the probability or the loss?
#
# Three numbers could be explained: the logit $z_c$, the probability $p_c$ and the loss
# $-\log p_c$. On this photograph the network is unsure ($p \approx 0.35$).
#
# We make a second picture of which it is *certain*: the same rocket, every value moved by at most
# 0.02 in the direction that lowers the loss. You will hardly see it.
#
# **Predict:** for the certain picture, which of the three gradients is strong, which is weak?

# %%
sure = rocket.clone()
for _ in range(10):
    step = -explain.gradient(network, sure, MISSILE, of="loss").sign()
    sure = (rocket + (sure + 0.004 * step - rocket).clamp(-0.02, 0.02)).clamp(0, 1)

pair = torch.cat([rocket, sure])
p = network(pair).softmax(1)[:, MISSILE]
plot.images(
    pair,
    [f"the photograph: p = {p[0]:.3f}", f"nudged: p = {p[1]:.3f}"],
    "One rocket to you; to the network an unsure case and a certain one.",
    "The rocket twice; the second has a faint ripple in its sky.",
)

# %%
three = {
    of: explain.gradient(network, pair, MISSILE, of=of) for of in ("logit", "probability", "loss")
}
strength = {of: g.abs().flatten(1).mean(1) for of, g in three.items()}
plot.heatmaps(
    [g[i] / strength[of][0] for i in (0, 1) for of, g in three.items()],
    caption="Where the network is certain, only the logit's gradient is left. (Each column has one "
    "scale: a darker map is a weaker one.)",
    alt="Six maps of grains; in the second row those of probability and loss are nearly black.",
    columns=list(three),
    rows=["photograph", "nudged:\ncertain"],
    scale=5,
)

# %%
plot.bars(
    list(three),
    {
        "the photograph": [1, 1, 1],
        "nudged: certain": [(s[1] / s[0]).item() for s in strength.values()],
    },
    "mean |gradient|, relative",
    "Certainty costs the logit's gradient little, and the other two nearly everything.",
)

# %% [markdown]
# ### Question 2.2 · Where did they go?
#
# Why are the gradients of the probability and of the loss almost zero in the second row?
#
# - **A** The nudged picture has lost the rocket's features.
# - **B** The network was trained further on the second picture.
# - **C** Both carry the factor 1−p, which is almost zero when the network is certain.
# - **D** Rounding errors: the probability is too close to 1 for float32.

# %% exercise="2.2"
### BEGIN SOLUTION
answer_2_2 = "C"
### END SOLUTION

# %% check="2.2"
check("2.2")

# %% [markdown]
# So a picture on which a network is *right and sure* has an all but empty saliency map if one
# differentiates the loss. Scaling it to full brightness hides that. What you then see is the
# gradient of the logit minus that of its rivals: another question, and its strength is lost. From
# here on we explain the **logit**.

# %% [markdown]
# ## Showing a gradient to the eye
#
# A gradient has three signed channels; a screen shows brightness. Something must be thrown away,
# and it should be thrown away *last*, for the eye only: never in the numbers you compute with.
#
# The usual choice for one picture: the largest |channel| at each pixel; then divide these H × W
# values by their own 99th percentile and cut at 1. The percentile keeps one extreme pixel from
# darkening all others.

# %% [markdown]
# ### Exercise 2.3 · A map for the eye
#
# Write `for_the_eye(gradient)`: (N,3,H,W) → (N,H,W) in [0,1], as described above, each picture
# divided by its own 99th percentile.


# %% exercise="2.3"
def for_the_eye(gradient):
    """Strength of a gradient for display: (N,3,H,W) → (N,H,W) in [0,1]."""
    ### BEGIN SOLUTION
    strength = gradient.abs().amax(1)
    top = strength.flatten(1).quantile(0.99, dim=1)
    return (strength / top[:, None, None]).clamp(max=1)
    ### END SOLUTION


# %% check="2.3"
for_the_eye = check("2.3")

# %%
shown = for_the_eye(gradient)
by_maximum = gradient.abs().amax(1) / gradient.abs().max()
plot.images(
    [shown, by_maximum],
    ["divided by the 99th percentile", "divided by the maximum"],
    "The same numbers twice: one extreme pixel is enough to darken all others.",
    "Two gray maps of one gradient: the left one bright, the right one nearly black.",
)

# %% [markdown]
# With its sign a map says more: magenta pixels should get brighter to make it more of a missile,
# blue pixels darker. Note what this is *not*: "magenta is missile, blue is not". A dark edge that
# matters can be blue: making it darker would help.

# %%
plot.heatmaps(
    [gradient],
    ["the signed gradient"],
    "Should a pixel get brighter or darker? Neighbours hardly ever want the same.",
    "The rocket, and its signed map: magenta and blue alternate from pixel to pixel.",
    photograph=rocket,
    signed=True,
    ends=("darker", "brighter"),
)

# %% [markdown]
# ## It looks right. Is it?
#
# The next cell draws three maps of the flower. One is computed from the network. One is a **Sobel
# filter**: it finds edges, has no parameters and has never heard of flowers. One is random numbers,
# smoothed.
#
# **Predict:** which one is which? Write down three letters before you run the cell after it.

# %%
flower = photographs["flower"]
DAISY = network(flower).argmax().item()
smooth = explain.smoothgrad(network, flower, DAISY, n=24)
edges = F.avg_pool2d(explain.sobel(flower), 5, stride=1, padding=2)
dice = F.avg_pool2d(explain.random_map(flower), 31, stride=1, padding=15, count_include_pad=False)
suspects = {"from the network": smooth, "Sobel": edges, "random, smoothed": dice - dice.min()}
order = torch.randperm(3, generator=torch.Generator().manual_seed(3)).tolist()
plot.heatmaps(
    [list(suspects.values())[i] for i in order],
    list("ABC"),
    "One of the three knows the network. Which one?",
    "The flower and three maps of it: two of them trace the flower, one shows blobs.",
    photograph=flower,
)

# %%
for letter, i in zip("ABC", order):
    print(letter, list(suspects)[i])

# %% [markdown]
# ### Question 2.4 · What does "it looks right" prove?
#
# The Sobel map also traces the flower. What follows?
#
# - **A** The Sobel filter has learned what a flower is.
# - **B** Every edge detector explains this network well.
# - **C** Gradient maps never depend on the network.
# - **D** "It looks right" cannot be the test, because a map that ignores the network passes it.

# %% exercise="2.4"
### BEGIN SOLUTION
answer_2_4 = "D"
### END SOLUTION

# %% check="2.4"
check("2.4")

# %% [markdown]
# This is **confirmation bias**: we look for the object, we find it, we believe the map. Adebayo et
# al. (2018) make it a test: a map must change when the network's weights are replaced by random
# ones. Keep the Sobel filter at hand as a control.

# %% [markdown]
# ## The gradient is noisy
#
# Add noise to the rocket, at first so little that you cannot see it.
#
# **Predict:** how similar is the new saliency map to the old one? (Correlation: 1 is the same,
# 0 is unrelated.)

# %%
generator = torch.Generator().manual_seed(0)
tiny_noise = torch.randn(rocket.shape, generator=generator)


def correlation(a, b):
    """Pearson correlation of the strengths of two maps."""
    pair = torch.stack([a.abs().amax(1).flatten(), b.abs().amax(1).flatten()])
    return torch.corrcoef(pair)[0, 1].item()


levels = [0, 0.005, 0.02, 0.1]
noisy = torch.cat([rocket + level * tiny_noise for level in levels])
maps = saliency(network, noisy, MISSILE)
likeness = [correlation(maps[:1], m[None]) for m in maps]

# %%
plot.heatmaps(
    maps,
    caption="To your eye the first three pictures are nearly one; their gradients share little "
    "with the first. (Correlation: with the first map.)",
    alt="Four rockets with more and more noise, and their saliency maps, which soon share little.",
    above=noisy,
    columns=[f"noise σ = {s:.3f}\ncorrelation {r:.2f}" for s, r in zip(levels, likeness)],
    rows=["picture", "gradient"],
)

# %% [markdown]
# Noise of 0.005, about one grey level, halves the correlation. The network's surface is rough,
# like a road that climbs steadily and is full of gravel; the gradient feels the gravel.
#
# **SmoothGrad** (Smilkov et al., 2017) drives over it many times: average the gradients of $n$
# noisy copies,
#
# $$\hat M(x) = \frac1n \sum_{i=1}^{n} \nabla z_c(x + \sigma\,\varepsilon_i),\qquad
# \varepsilon_i \sim \mathcal N(0, I).$$
#
# The noise must fit the picture: $\sigma$ is a *fraction* (0.1 to 0.2) of the picture's own range,
# maximum − minimum.

# %% [markdown]
# ### Exercise 2.5 · How much noise?
#
# Write `noise_std(images, fraction)`: for each picture of the batch σ = fraction × (largest −
# smallest value), shape (N,1,1,1), so that it multiplies noise of shape (N,3,H,W).


# %% exercise="2.5"
def noise_std(images, fraction):
    """Standard deviation of the noise for each picture: (N,3,H,W) → (N,1,1,1)."""
    ### BEGIN SOLUTION
    span = images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True)
    return fraction * span
    ### END SOLUTION


# %% check="2.5"
noise_std = check("2.5")

# %% [markdown]
# One homework we know computed $\sigma = (0.4 / \text{range})^2$ instead of $0.4 \times
# \text{range}$. For a picture that uses the whole range both look plausible. For a pale one:

# %%
noise = torch.randn(rocket.shape, generator=generator)
shown, titles = [], []
for x in (rocket, 0.5 + 0.25 * (rocket - 0.5)):
    right = noise_std(x, 0.4).item()
    wrong = (0.4 / noise_std(x, 1.0).item()) ** 2
    shown += [x, x + right * noise, x + wrong * noise]
    titles += ["", f"σ = {right:.2f}", f"σ = {wrong:.2f}"]
titles[:3] = "as it is", f"0.4 × range\n{titles[1]}", f"(0.4 / range)²\n{titles[2]}"
plot.images(
    torch.cat(shown),
    titles,
    "With fraction × range both pictures keep as much of themselves; with (fraction / range)² the "
    "pale one drowns.",
    "The rocket and a pale copy, each as it is and with two amounts of noise.",
    columns=3,
    rows=["rocket", "pale rocket"],
)

# %% [markdown]
# ### Exercise 2.6 · SmoothGrad
#
# Write `smoothgrad(gradient, images, noise, fraction)`. `gradient(images)` is a function that
# gives the gradient maps, (N,3,H,W) → (N,3,H,W). `noise` has shape (n,N,3,H,W): n draws of standard
# normal noise, not yet multiplied by σ = fraction × (maximum − minimum) of each picture, as in 2.5;
# write it out here. Do not cut the noisy copies to [0, 1]. Return the mean of the n signed
# gradients.


# %% exercise="2.6"
def smoothgrad(gradient, images, noise, fraction):
    """Mean gradient of noisy copies: (N,3,H,W), noise (n,N,3,H,W) → (N,3,H,W)."""
    ### BEGIN SOLUTION
    span = images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True)
    total = torch.zeros_like(images)
    for one_draw in noise:
        total += gradient(images + fraction * span * one_draw)
    return total / len(noise)
    ### END SOLUTION


# %% check="2.6"
smoothgrad = check("2.6")

# %% tags=["cover"]
draws = torch.randn((24, *rocket.shape), generator=generator)


def missile_gradient(images):
    return saliency(network, images, MISSILE)


averaged = smoothgrad(missile_gradient, rocket, draws, fraction=0.15)
plot.heatmaps(
    [gradient, averaged],
    ["one gradient", "SmoothGrad, 24 copies"],
    "The grains thin out, and what stays is a rocket: its tip, its body and the platform.",
    "The rocket, one gradient map, and the mean of 24 of them, in which the rocket is seen.",
    photograph=rocket,
)

# %% [markdown]
# ## How many copies, how much noise?
#
# Two knobs. More copies cost time and change the map less and less. More noise smooths more. But
# read the caption: a map explains what the network thinks of the *noisy copies*, and their
# p(missile) falls at 5 % noise, comes back at 15 to 20 % and is lost at 50 %. Always look at it.

# %% tags=["long"]
fractions = [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5]


def with_noise(fraction):
    """The SmoothGrad map at this noise, with what the network thinks of the noisy copies."""
    smooth = explain.smoothgrad(network, rocket, MISSILE, fraction=fraction, n=12)
    copies = rocket + noise_std(rocket, fraction) * draws[:6].flatten(0, 1)
    p = network(copies).softmax(1)[:, MISSILE].mean().item()
    titles = ["a noisy copy" if fraction else "the photograph", f"SmoothGrad, noise {fraction:.0%}"]
    caption = f"What the map explains: pictures with a mean p(missile) of {p:.2f}."
    alt = "A rocket and its SmoothGrad map."
    return plot.heatmaps([smooth], titles, caption, alt, photograph=copies[:1])


widgets.slider(with_noise, fractions, "noise as a fraction of the range", start=0.15)

# %%
running = {}
total = torch.zeros_like(rocket)
for count, one_draw in enumerate(draws, 1):
    total += missile_gradient(rocket + noise_std(rocket, 0.15) * one_draw)
    if count in (1, 2, 4, 8, 16, 24):
        running[count] = total / count


def with_copies(n):
    """The mean of n gradients beside a single one."""
    caption = f"With {n} gradients in the mean there are fewer grains than in one, and a rocket."
    alt = "Two maps of the rocket, the left one with more grains."
    return plot.heatmaps([running[1], running[n]], ["one gradient", f"mean of {n}"], caption, alt)


widgets.slider(with_copies, list(running)[1:], "copies n", start=8)

# %% [markdown]
# How many are enough? Ask whether two runs with different noise agree. Agreement between runs
# says that the average has settled; it does not say that the map is true.

# %% tags=["long"]
counts = [1, 2, 4, 8, 16, 32]
runs = []
for seed in (1, 2):
    noise = torch.randn((32, *rocket.shape), generator=torch.Generator().manual_seed(seed))
    copies = (rocket + noise_std(rocket, 0.15) * noise).flatten(0, 1)
    gradients = torch.cat([missile_gradient(part) for part in copies.split(8)])
    runs.append(gradients.cumsum(0) / torch.arange(1, 33)[:, None, None, None])
agreement = {"signed values": [], "strength": []}
for n in counts:
    first, second = (run[n - 1] for run in runs)
    signed = torch.stack([first.flatten(), second.flatten()])
    agreement["signed values"].append(torch.corrcoef(signed)[0, 1].item())
    agreement["strength"].append(correlation(first[None], second[None]))
caption = "Where strong values sit settles sooner than the values; neither has settled by 32."
plot.lines(counts, agreement, "copies n", "correlation of two runs", caption, log_x=True)

# %% [markdown]
# Even with 32 copies two runs share little of their signed values. What you recognise is the
# *envelope*: where strong values sit. That settles sooner. At this pace the values themselves need
# some 800 copies to agree to 0.9.

# %% [markdown]
# ### Exercise 2.7 · What does half the noise cost?
#
# With 20 copies the random part of a map has a certain typical size (standard deviation). The
# copies
# are independent. How many copies do you need **in all** to *halve* it? Set `answer_2_7` to that
# number.

# %% exercise="2.7"
### BEGIN SOLUTION
answer_2_7 = 80
### END SOLUTION

# %% check="2.7"
check("2.7")

# %% [markdown]
# ## Squares and variances
#
# Averaging *signed* gradients lets a pixel vanish that is strong but points up in one copy and
# down in the next. Two relatives keep it:
#
# - **SmoothGrad²** averages the squares (Hooker et al., 2019);
# - **VarGrad** takes the variance over the copies (Adebayo et al., 2018): what jumps, not what
#   stays.
#
# Both are positive: they tell where, no longer in which direction.
#
# **Predict:** will the two look alike?

# %% tags=["long"]
family = {
    "SmoothGrad": explain.smoothgrad(network, rocket, MISSILE, n=24),
    "SmoothGrad²": explain.smoothgrad_squared(network, rocket, MISSILE, n=24),
    "VarGrad": explain.vargrad(network, rocket, MISSILE, n=24),
}
print(f"SmoothGrad² and VarGrad: correlation {correlation(*list(family.values())[1:]):.3f}")
plot.heatmaps(
    [m.sqrt() if (m >= 0).all() else m for m in family.values()],
    caption="The mean of squares and the variance show the same: one gradient is mostly noise.",
    alt="Three maps of the rocket; the second and the third look the same, with fewer gaps.",
    columns=["SmoothGrad", "√SmoothGrad²", "√VarGrad"],
)

# %% [markdown]
# They are nearly the same map. The mean of squares is variance + (mean)², and for one pixel the
# mean is small beside the spread: most of what one noisy copy's gradient shows is gravel.

# %% [markdown]
# ## A slow second opinion: occlusion
#
# Forget calculus. Cover a patch of the photograph and look how far the score falls (Zeiler &
# Fergus, 2014). A patch that the class needs gives a large **drop**. It costs one forward pass a
# patch, and it asks a different question: not "what if this pixel changed a little?" but "what if
# this patch were gone?"
#
# **Predict:** which part of the rocket will matter most?

# %% [markdown]
# ### Exercise 2.8 · Occlusion
#
# Write `occlusion(score, image, patch, fill)`. `score(images)` takes (M,3,H,W) and gives M numbers.
# `image` is (1,3,H,W); H and W are multiples of `patch`. Cover one patch × patch square at a time
# with the value `fill`, next to each other without overlap. Return the drops, score(image) −
# score(covered), shape (H/patch, W/patch).


# %% exercise="2.8"
def occlusion(score, image, patch, fill):
    """Drop of the score for each covered patch: (1,3,H,W) → (H/patch, W/patch)."""
    ### BEGIN SOLUTION
    rows, columns = image.shape[2] // patch, image.shape[3] // patch
    drops = torch.zeros(rows, columns)
    whole = score(image)[0]
    for row in range(rows):
        covered = image.repeat(columns, 1, 1, 1)
        for column in range(columns):
            top, left = row * patch, column * patch
            covered[column, :, top : top + patch, left : left + patch] = fill
        drops[row] = whole - score(covered)
    return drops
    ### END SOLUTION


# %% check="2.8"
occlusion = check("2.8")


# %%
def missile_score(images):
    return network(images)[:, MISSILE]


drops = occlusion(missile_score, rocket, patch=28, fill=0.5)
blocks = drops[None].repeat_interleave(28, 1).repeat_interleave(28, 2)
plot.beside(
    plot.heatmaps(
        [blocks],
        ["occlusion, 28-pixel patches"],
        alt="The rocket with magenta squares on its tip and striped blue ones lower down.",
        over=rocket,
        signed=True,
    ),
    plot.heatmaps([averaged], ["SmoothGrad"], alt="Its SmoothGrad map: the body is bright."),
    caption="Covering the tip costs the logit most. Where it is striped, covering raises it.",
)

# %% [markdown]
# Magenta patches carry the class. Blue, striped ones: the logit *rises* when they are covered. Look
# at the rocket's body: bright in SmoothGrad, blue here. The network is sensitive to it, yet does
# better without it, or likes the gray patch. The map cannot tell which.

# %% [markdown]
# ## Where these maps fail
#
# Put the maps to the test: cover the 10 % of pixels that a map calls most important, and see what
# is left of the probability. Do the same with the Sobel filter and with random pixels.
#
# **Predict** the order.

# %%
my_prediction = ""  # whose pixels cost most: gradient, SmoothGrad, random dots or Sobel?


# %%
def cover_top(image, importance, share=0.1):
    """The image with the most important share of its pixels set to gray."""
    flat = importance.abs().amax(1).flatten()
    covered = image.clone()
    covered.flatten(2)[:, :, flat.topk(int(share * len(flat))).indices] = 0.5
    return covered


# %% tags=["long"]
names = ["gradient", "SmoothGrad", "random dots", "Sobel", "occlusion", "random blocks"]
left = {name: [] for name in names}
for picture in tqdm(photographs.values(), desc="photographs"):
    target = network(picture).argmax().item()
    dots = explain.random_map(picture)
    rivals = [
        explain.gradient(network, picture, target),
        explain.smoothgrad(network, picture, target, n=16),
        dots,
        explain.sobel(picture),
        explain.occlusion(network, picture, target, stride=32).clamp(min=0),
        dots[:, :, ::32, ::32].repeat_interleave(32, 2).repeat_interleave(32, 3),
    ]
    before = network(picture).softmax(1)[0, target]
    for name, importance in zip(names, rivals):
        after = network(cover_top(picture, importance)).softmax(1)[0, target]
        left[name].append((after / before).item())

# %%
plot.bars(
    names,
    {
        "median photograph": [float(np.median(values)) for values in left.values()],
        "worst photograph": [max(values) for values in left.values()],
    },
    "share of p that is left",
    "In the median the maps beat their controls. On the worst photograph only SmoothGrad stays "
    "well below 1; above 1 the network is surer without what was covered.",
    line=(1.0, "nothing\nlost"),
)

# %%
scattered = {name: float(np.median(left[name])) for name in names[:4]}
print(f"you said: {my_prediction or 'nothing'}; it was {min(scattered, key=scattered.get)}")

# %% [markdown]
# Lower is better: what was covered mattered. Look at both bars. In the median the maps beat the
# controls. But photographs disagree: on the worst one, covering the gradient's pixels *raises* the
# probability far above what it was. Only SmoothGrad stays well below 1 on all six. (Six pictures
# are six pictures: on 42 others, measured once, SmoothGrad's worst was 1.37.)
#
# A fair control destroys the picture in the same way: scattered dots for the gradients, blocks for
# occlusion. Random blocks do less harm than random dots, so the two kinds must not be mixed.

# %% [markdown]
# A second failure, to look at: the close-up of the cat, for *Egyptian cat*. Two seeds, the same
# method, 16 copies. In both, the eye on the right is a little brighter; the rest are grains. One
# reason is in the last line: the noisy copies are hardly cats to the network.

# %% tags=["long"]
cat = photographs["cat"]
EGYPTIAN = load.class_index(network, "Egyptian cat")
twice = [explain.smoothgrad(network, cat, EGYPTIAN, n=16, seed=seed) for seed in (1, 2)]
copies = cat + noise_std(cat, 0.15) * draws[:6].flatten(0, 1)
p_copies = network(copies).softmax(1)[:, EGYPTIAN].mean()
print(
    f"p(Egyptian cat): photograph {network(cat).softmax(1)[0, EGYPTIAN]:.2f}, copies {p_copies:.2f}"
)
plot.heatmaps(
    twice,
    ["SmoothGrad, seed 1", "SmoothGrad, seed 2"],
    f"Other noise, another map (correlation {correlation(*twice):.2f}): sixteen copies have not "
    "settled what the network looks at.",
    "The cat and two SmoothGrad maps: a brighter patch near the right eye, elsewhere grains.",
    photograph=cat,
)

# %% [markdown]
# ## What to take away
#
# - A saliency map is the gradient of the **logit**: how the score changes if a pixel changes a
#   little.
# - Scale for the eye only, and last.
# - Looking right proves nothing; compare with a map that ignores the network.
# - SmoothGrad removes grains at the price of n passes; σ is a fraction of the range.
# - Occlusion asks a different question and is slow.
#
# Next: **Integrated Gradients**, where the parts of an explanation add up to the score.

# %% [markdown]
# ## How far am I?

# %% check="score"
score("02")
