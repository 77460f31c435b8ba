# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 · Integrated Gradients
#
# An animal with a trunk of half a metre may be an elephant. With two metres it certainly is one.
# And with two metres *and a centimetre*? The network's score does not move, so its gradient says
# that the trunk does not matter at all.
#
# **Integrated Gradients** mends this: it asks on the whole way from "no trunk" to "this trunk". In
# return the parts of the explanation add up to the score, which is a check you can run yourself.
# You will write the method and the check, and find out what neither of them promises.
#
# You need: lesson 02 and the idea of an integral. About 70 minutes.

# %% [markdown] slide="notes"
# Draw the saturating curve on the board before the first plot and ask for the gradient at two
# metres. The room says "zero" and sees the problem itself. The astronaut near the end is the
# picture to leave them with: same network, same formula, two opposite answers.

# %% tags=["setup"]
import copy
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from tqdm.auto import tqdm

from grading.notebook import check, panel, score
from helpers import explain, load, plot, widgets

NETWORK = "efficientnet_lite0"  # or any torchvision classifier, or the homework's "checkpoint.pth"
panel("03")

# %% [markdown]
# The lesson runs on the network named above. The food homework's network wants smaller pictures;
# nothing else changes. (The numbers in the text are those of EfficientNet-Lite0.)

# %%
network = load.network(NETWORK)
side = 128 if NETWORK.endswith(".pth") else 224
photographs = {
    name: F.interpolate(picture, (side, side), mode="bilinear", antialias=True)
    for name, picture in load.photographs().items()
}
rocket, astronaut = photographs["rocket"], photographs["astronaut"]
(seen, p), *_ = load.top_classes(network, rocket)[0]
MISSILE = load.class_index(network, seen)
plot.images(
    rocket,
    [f"{seen}, p = {p:.2f}"],
    "Which parts of the picture make up this score?",
    "A rocket between two towers, at night.",
)

# %% [markdown]
# ## The elephant's trunk
#
# A toy first: a score for *elephant* that depends on one thing, the trunk's length in metres. It
# rises, then **saturates**: long is long.
#
# **Predict:** what is the gradient at 2 m? How much of the score does the trunk explain?


# %%
def elephant(trunk):
    """Score of *elephant* for a trunk of so many metres."""
    return 10 * torch.tanh(2 * trunk)


def elephant_slope(trunk):
    return 20 / torch.cosh(2 * trunk) ** 2


metres = torch.linspace(0, 2, 21)
plot.lines(
    metres.tolist(),
    {"score": elephant(metres).tolist(), "gradient": elephant_slope(metres).tolist()},
    "length of the trunk in metres",
    "score (points), gradient (points per metre)",
    "Where the score has stopped rising, the gradient says that the trunk does not matter.",
)

# %% [markdown]
# At 2 m the gradient is 0.03 a metre. Multiplied by all 2 metres: 0.05 points. But take the trunk
# away and the score falls from 10 to 0. The gradient answers "what if it were a little longer?";
# the question was "what did it contribute?"

# %% [markdown]
# ## Where one gradient is enough
#
# For a linear score $f(x) = \sum_i w_i x_i + b$ there is no doubt. Compare the picture $x$ with a
# **baseline** $x'$, a picture that stands for "nothing there":
#
# $$f(x) - f(x') = \sum_i w_i\,(x_i - x'_i)$$
#
# Every value has its part in the sum: its gradient $w_i$ times the distance it moved. The parts
# are exact, and they add up.

# %% [markdown]
# ### Exercise 3.1 · Contributions to a linear score
#
# Write `contributions(gradient, images, baseline)`. `gradient(images)` is a function that gives the
# gradient of each picture's score, (N,3,H,W) → (N,3,H,W); the score is linear. `baseline` has the
# pictures' shape. Return every value's part of f(x) − f(x′), same shape, with its sign.


# %% exercise="3.1"
def contributions(gradient, images, baseline):
    """Each value's part of f(x) − f(x′) for a linear f: (N,3,H,W) → (N,3,H,W)."""
    ### BEGIN SOLUTION
    return gradient(images) * (images - baseline)
    ### END SOLUTION


# %% check="3.1"
contributions = check("3.1")

# %% [markdown]
# A deep network is not linear, but nothing stops us from trying. Each photograph is explained for
# the class that the network gives it; the baseline is black. **Predict:** do the parts add up to
# f(x) − f(x′)?


# %% tags=["long"]
def explained(picture):
    """Gradient and score, as functions of the images, for the class that the network sees."""
    target = network(picture).argmax().item()

    def score(images):
        with torch.no_grad():
            return network(images)[:, target].cpu()

    return lambda images: explain.gradient(network, images, target, chunk=8), score


share = {}
for name, picture in photographs.items():
    gradient_of, score_of = explained(picture)
    black = torch.zeros_like(picture)
    total = contributions(gradient_of, picture, black).sum()
    share[name] = (total / (score_of(picture) - score_of(black))).item()

# %%
near = sum(abs(value - 1) < 0.1 for value in share.values())
plot.bars(
    list(share),
    {"": list(share.values())},
    "sum of the parts / (f(x) − f(x′))",
    f"One gradient explains nearly all of the score for {near} of {len(share)} pictures.",
    line=(1, "all of it"),
)

# %% [markdown]
# Two come near 1, by luck; the others explain nothing, or less than nothing. The network bends on
# the way from black to the photograph, and one gradient at the end of the way knows nothing of it.

# %% [markdown]
# ## Walk the path
#
# So walk from $x'$ to $x$ in a straight line and ask for the gradient all along it. The place at
# $\alpha$ is $x' + \alpha\,(x - x')$: the baseline at 0, the photograph at 1.

# %%
rocket_gradient, rocket_score = explained(rocket)
alphas = torch.arange(6) / 5
path = black + alphas.view(-1, 1, 1, 1) * (rocket - black)
plot.images(
    path,
    [f"α = {a:.1f}, logit {z:.1f}" for a, z in zip(alphas.tolist(), rocket_score(path).tolist())],
    "The photograph fades in evenly; the logit does not rise evenly.",
    "Six pictures on the path from black to the rocket.",
    columns=3,
)

# %% [markdown]
# The fundamental theorem of calculus, along this line:
#
# $$f(x) - f(x') = \int_0^1 \frac{d}{d\alpha} f\big(x' + \alpha(x-x')\big)\,d\alpha
# = \sum_i \underbrace{(x_i - x'_i)\int_0^1 \frac{\partial f}{\partial x_i}
# \big(x' + \alpha(x-x')\big)\,d\alpha}_{\mathrm{IG}_i}$$
#
# (Sundararajan, Taly & Yan, 2017.) On a linear score this is exercise 3.1. On any other it is the
# same with the *mean* gradient along the path. A computer takes the mean over a few points: cut
# the path into pieces of equal length and stand in the **middle** of each.

# %% [markdown]
# ### Exercise 3.2 · Where to stand
#
# Write `midpoints(steps)`: cut [0, 1] into `steps` pieces of equal length and return the middle of
# each, in rising order, a float tensor of shape (steps,).


# %% exercise="3.2"
def midpoints(steps):
    """The middles of equal pieces of [0, 1]: a whole number → (steps,)."""
    ### BEGIN SOLUTION
    return (torch.arange(steps) + 0.5) / steps
    ### END SOLUTION


# %% check="3.2"
midpoints = check("3.2")

# %% [markdown]
# Back to the elephant: the mean gradient on the way from 0 to 2 m, times 2 m.

# %%
counts = [1, 2, 4, 8, 16]
walked = [2 * elephant_slope(2 * midpoints(n)).mean().item() for n in counts]
plot.lines(
    counts,
    {"": walked},
    "steps",
    "points explained by the trunk",
    "One step, in the middle of the way, finds three of the ten points; four steps find them all.",
    log_x=True,
    line=(elephant(metres[-1]).item(), "the truth"),
)

# %% [markdown]
# Four steps, and all ten points go to the trunk. Now for pictures.

# %% [markdown]
# ### Exercise 3.3 · Integrated Gradients
#
# Write `integrated_gradients(gradient, images, baseline, alphas)`. `gradient` works as before,
# `images` and `baseline` are (N,3,H,W), `alphas` has shape (n,). Take the gradient at each point of
# the path, the mean over the points, and multiply by the distance x − x′. Return (N,3,H,W), signed.


# %% exercise="3.3"
def integrated_gradients(gradient, images, baseline, alphas):
    """Distance times the mean gradient along the path: (N,3,H,W), alphas (n,) → (N,3,H,W)."""
    ### BEGIN SOLUTION
    distance = images - baseline
    total = torch.zeros_like(images)
    for alpha in alphas:
        total += gradient(baseline + alpha * distance)
    return distance * total / len(alphas)
    ### END SOLUTION


# %% check="3.3"
integrated_gradients = check("3.3")

# %% tags=["cover", "long"]
ig = integrated_gradients(rocket_gradient, rocket, black, midpoints(32))
plot.heatmaps(
    [rocket_gradient(rocket), ig],
    ["gradient", "Integrated Gradients"],
    "On the whole way from black the rocket's body has its share too.",
    "The rocket; its gradient, strong at the tip and the towers; Integrated Gradients, which shows "
    "it from its tip to its foot.",
    photograph=rocket,
)

# %% [markdown]
# Look: the rocket's body was missing from the gradient and is there now. Like the trunk, it had
# done its work long before α = 1.

# %% [markdown]
# ## Does it add up?
#
# **Completeness:** the parts of a right integral add up to f(x) − f(x′). Few methods can be checked
# like that. The check needs two forward passes and no trust in whoever wrote the code.

# %% [markdown]
# ### Exercise 3.4 · The completeness error
#
# Write `completeness_error(maps, score, images, baseline)`. `maps`, `images` and `baseline` are
# (N,3,H,W); `score(images)` gives N numbers. Return for each picture by which fraction of
# f(x) − f(x′) its map adds up to too much (positive) or too little (negative), shape (N,).


# %% exercise="3.4"
def completeness_error(maps, score, images, baseline):
    """(sum of the map − d) / d with d = f(x) − f(x′): maps (N,3,H,W) → (N,)."""
    ### BEGIN SOLUTION
    difference = score(images) - score(baseline)
    return (maps.sum((1, 2, 3)) - difference) / difference
    ### END SOLUTION


# %% check="3.4"
completeness_error = check("3.4")

# %% tags=["long"]
coffee = photographs["coffee"]
coffee_gradient, coffee_score = explained(coffee)
gap = (coffee_score(coffee) - coffee_score(black)).item()
candidates = {
    "gradient × (x − x′)": contributions(coffee_gradient, coffee, black),
    "IG, 32 steps": integrated_gradients(coffee_gradient, coffee, black, midpoints(32)),
    "the same everywhere": torch.full_like(coffee, gap / coffee.numel()),
}
for name, candidate in candidates.items():
    error = completeness_error(candidate, coffee_score, coffee, black).item()
    print(f"{name:20} adds up to {candidate.sum():6.2f} of {gap:.2f}: {error:+.1%}")

# %% [markdown]
# One gradient is far off, 32 steps are near. And the winner is the third candidate, which gives all
# 150,528 values the same part and never looked at the coffee.

# %% [markdown]
# ### Question 3.5 · What does completeness prove?
#
# - **A** The uniform map is the better explanation, since its error is smaller.
# - **B** The uniform map is not really complete.
# - **C** A failed check proves the sum wrong; a passed one does not prove the parts right.
# - **D** Nothing at all; one may as well leave it out.

# %% exercise="3.5"
### BEGIN SOLUTION
answer_3_5 = "C"
### END SOLUTION

# %% check="3.5"
check("3.5")

# %% [markdown]
# ## The walk, watched
#
# Now walk slowly, in 40 steps, and watch four things: the picture at α, the gradient there, the
# map so far, and two curves. One is the logit on the way, compared with black's. The other is the
# sum of the map so far. If the steps are fine enough, the second follows the first.

# %% tags=["long"]
STEPS = 40
stops = torch.arange(STEPS + 1) / STEPS
parts, logits = [], []
for place in tqdm(midpoints(STEPS).split(4), desc="the walk"):
    points = black + place.view(-1, 1, 1, 1) * (rocket - black)
    parts.append(rocket_gradient(points) * (rocket - black) / STEPS)
parts = torch.cat(parts)  # what each step adds to the map
so_far = torch.cat([torch.zeros_like(black), parts.cumsum(0)])
for part in stops.split(8):
    logits.append(rocket_score(black + part.view(-1, 1, 1, 1) * (rocket - black)))
logits = torch.cat(logits)
risen = (logits - logits[0]).tolist()
running = so_far.sum((1, 2, 3)).tolist()
difference = risen[-1]  # F(x) − F(x′)


# %%
def draw_curves(axis, k):
    """The logit and the sum of the map so far, up to stop k; the whole way of the logit in gray."""
    axis.plot(stops, risen, color="0.75", linewidth=1, label="the whole way")
    axis.plot(stops[: k + 1], risen[: k + 1], color="#0072B2", label="logit − logit of black")
    axis.plot(
        stops[: k + 1], running[: k + 1], "--", color="#D55E00", label="sum of the map so far"
    )
    axis.axhline(difference, color="black", linestyle=":", label="f(x) − f(x′)")
    axis.set(xlabel="α", xlim=(0, 1), ylim=(min(0, *running) - 1, max(running + risen) + 1))
    axis.set_ylabel("points of logit")
    axis.legend(loc="lower right")


# %%
def frame(alpha):
    """The walk at α: picture, gradient, map so far, and the two curves up to here."""
    k = round(alpha * STEPS)
    figure = Figure(figsize=(7.6, 5.2), layout="constrained")
    *axes, curves = figure.subplot_mosaic("ABC;DDD").values()
    strong = [m.abs().amax(0).numpy() for m in (parts[min(k, STEPS - 1)], so_far[k])]
    axes[0].imshow((alpha * rocket[0]).permute(1, 2, 0).numpy(), vmin=0, vmax=1)
    tops = [np.quantile(strong[0], 0.99), so_far[-1].abs().amax(0).quantile(0.99).item()]
    for axis, values, top in zip(axes[1:], strong, tops):
        axis.imshow(values, cmap="inferno", vmin=0, vmax=top)
    titles = f"picture at α = {alpha:.1f}", "gradient × (x − x′)", "map so far"
    for axis, title in zip(axes, titles):
        axis.set_title(title, fontsize=10)
        axis.set(xticks=[], yticks=[])
    draw_curves(curves, k)
    said = f"At α = {alpha:.1f} the logit has risen by {risen[k]:.2f} of {difference:.2f}; "
    said += f"the map so far adds up to {running[k]:.2f}."
    return plot.picture(figure, said, "The picture so far, two maps and two curves.", titles)


# %% tags=["long"]
widgets.slider(frame, [k / 10 for k in range(11)], "α", start=0.6)

# %% [markdown]
# Move the slider. Three quarters of the logit are won on the first half of the way, while the
# picture is still dark. That is where the rocket does its work; the plain gradient only knows the
# far end.

# %% [markdown]
# ## How many steps are enough?
#
# A well-known homework walks 10 steps. For our elephant that was plenty. For a network?
#
# Besides the middle one may stand at the **left** or the **right** end of each piece. **Predict**
# which is nearest with 10 steps.

# %% tags=["long"]
gradients = rocket_gradient(torch.arange(21).view(-1, 1, 1, 1) / 20 * rocket)
rules = {"left": gradients[:-1:2], "middle": gradients[1::2], "right": gradients[2::2]}
plot.bars(
    list(rules),
    {"": [(rocket * g.mean(0)).sum().item() for g in rules.values()]},
    "sum of the map",
    "Ten steps are too few for each of the three rules.",
    line=(difference, f"{difference:.2f}: what\nit should be"),
)

# %% [markdown]
# That was one photograph. The next figure holds all six, black as the baseline, with a fourth rule:
# **Gauss-Legendre**, which chooses points and weights so cleverly that on smooth functions 10 steps
# give as many digits as the midpoint rule's hundreds. (Computed beforehand, 661 gradients a
# photograph, by `data/make_integrated_gradients.py`.)

# %%
here = next(folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / "data").is_dir())
measured = json.loads((here / "data/03_integrated_gradients/steps.json").read_text())
RULES = ("left", "right", "midpoint", "Gauss-Legendre")
errors = {  # in percent, (rule, steps) → one per photograph
    (rule, steps): [
        100 * (m["sums"][rule][steps] / (m["logit"][-1] - m["logit"][0]) - 1)
        for m in measured.values()
    ]
    for steps in ("10", "50", "200")
    for rule in RULES
}

# %%
figure = Figure(figsize=(8, 3.6), layout="constrained")
for axis, steps in zip(figure.subplots(1, 3), ("10", "50", "200")):
    for position, rule in enumerate(RULES):
        for index, (name, error) in enumerate(zip(measured, errors[rule, steps])):
            style = {"color": plot.COLOURS[index], "marker": "osD^vP"[index], "s": 45}
            axis.scatter(position + 0.06 * (index - 2.5), error, label=name, **style)
    top = 1.1 * max(abs(e) for rule in RULES for e in errors[rule, steps])
    axis.set(title=f"{steps} steps", ylim=(-top, top))
    axis.set_xticks(range(4), ["left", "right", "mid", "Gauss"])
    axis.axhline(0, color="black", linewidth=1)
    axis.grid(axis="y", alpha=0.3)
figure.axes[0].set_ylabel("completeness error in %")
handles, labels = figure.axes[0].get_legend_handles_labels()
figure.legend(handles[:6], labels[:6], loc="outside lower center", ncols=6, fontsize=9)
plot.picture(
    figure,
    "More steps help; the clever rule (Gauss) is no better than the plain ones. Note the scales.",
    "Completeness errors of six photographs under four rules: with 10 steps off by up to 88 %, "
    "with 50 by up to 22 %, with 200 by up to 4 %.",
)

# %% [markdown]
# Mind the three scales. With 10 steps sums are off by up to 88 %; with 200 midpoint steps by 1.5 %
# at most, and by less than 1 % on four of the six. (On 20 other photographs, measured once: 218 %
# and 3.6 %.) And the clever rule is no better than the plain ones. Why?

# %%
black_to_white = np.linspace(0, 1, 401)
figure = Figure(figsize=(8, 3.2), layout="constrained")
left, right = figure.subplots(1, 2)
for name, colour, width in (("rocket", "#0072B2", 1.8), ("astronaut", "#D55E00", 0.9)):
    left.plot(black_to_white, measured[name]["logit"], color=colour, linewidth=width, label=name)
    slope = measured[name]["slope"]
    right.plot(black_to_white, slope, color=colour, linewidth=width / 1.5, label=name)
toy = 2 * elephant_slope(2 * torch.tensor(black_to_white))
right.plot(black_to_white, toy, color="black", linewidth=2, label="elephant")
left.set(xlabel="α", title="logit on the path")
right.set(xlabel="α", title="its slope")
figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=3)
plot.picture(
    figure,
    "From far the logit is a calm curve; its slope jumps at every step. Only the toy is smooth.",
    "Left, the logits of rocket and astronaut along the path, two curves with a few bends. Right, "
    "their slopes, which jump up and down, and the elephant's, which falls smoothly.",
)

# %% [markdown]
# Seen from far the logit is a calm curve; its slope jumps at every step, because a network of ReLUs
# has a new kink wherever a unit switches on or off. Gauss-Legendre needs a smooth function, and
# this is none. Only more points help.
#
# ### The astronaut
#
# She is the failure of this section. Her slope swings between −89 and +88 for a difference of only
# 6.5, and the error is still 1 to 4 % after 200 steps, whatever the rule. The network takes her for
# a *barbell*. We come back to her.

# %%
for name, m in measured.items():
    gap = m["logit"][-1] - m["logit"][0]
    row = [f"{m['sums']['midpoint'][n] / gap - 1:+7.1%}" for n in ("10", "50", "200")]
    swing = np.std(m["slope"]) / gap
    print(f"{name:10} f(x)−f(x′) {gap:5.1f}   10, 50, 200 steps {' '.join(row)}   {swing:.1f}")
print("\nLast column: standard deviation of the slope, in units of f(x) − f(x′).")

# %% [markdown]
# ## A library's trapezoid
#
# The trapezoid rule gives the two end points half the weight of the others. With n points there are
# n − 1 pieces, so inner points weigh 1/(n−1). The library captum offers the rule as
# `method="riemann_trapezoid"`, but weighs inner points 1/n and the two ends 1/(2n).

# %% [markdown]
# ### Exercise 3.6 · What is missing?
#
# Take a *linear* score with f(x) − f(x′) = 10, and 20 points with these weights. What does the map
# add up to? Set `answer_3_6` to that number.

# %% exercise="3.6"
### BEGIN SOLUTION
answer_3_6 = 9.5
### END SOLUTION

# %% check="3.6"
check("3.6")

# %%
from captum.attr import IntegratedGradients

weights = torch.full((1, 3, 4, 4), 10 / 48)  # a white picture scores 10, a black one 0
linear = IntegratedGradients(lambda images: (images * weights).flatten(1).sum(1))
points = [2, 5, 10, 20, 50]
sums = {
    name: [
        linear.attribute(torch.ones_like(weights), method=name, n_steps=n).sum().item()
        for n in points
    ]
    for name in ("riemann_trapezoid", "riemann_middle", "gausslegendre")
}

# %%
plot.lines(
    points,
    sums,
    "points",
    "sum of the map",
    "On a linear score every rule should give 10; captum's trapezoid gives less.",
    log_x=True,
    line=(10, "exact"),
)

# %% [markdown]
# On a linear score *any* rule whose weights add up to 1 is exact, even with one point. Completeness
# found the mistake in a well-tested library in one line. captum's other rules are sound; its
# default is Gauss-Legendre with 50 steps.

# %% [markdown]
# ## A homework, mended
#
# This is the core of a well-known homework's Integrated Gradients:
#
# ```python
# for k in range(10):
#     total += gradient(baseline + k / 10 * (image - baseline))
# return total / 10
# ```
#
# **Predict** before you run on: what are its two mistakes, and which of them can you *see*?

# %% tags=["long"]
mean_of_ten = gradients[:20:2].mean(0, keepdim=True)
stages = {
    "the homework": mean_of_ten,
    "… × (x − x′)": mean_of_ten * (rocket - black),
    "and the whole path": so_far[-1:],
}
titles = [f"{name}\nsum {m.sum().item():.1f} of {difference:.1f}" for name, m in stages.items()]
plot.heatmaps(
    list(stages.values()),
    titles,
    "The factor x − x′ brings the rocket's body out; that the homework stops at α = 0.9, with ten "
    "steps, is seen in the sum only.",
    "The rocket, and three maps of it; the first has hardly anything of its body.",
    photograph=rocket,
)

# %% [markdown]
# The homework leaves out the factor x − x′: it shows a mean gradient, in points per unit of
# brightness, and no share of the score. (That its sum looks like one is an accident.) And it stops
# at α = 0.9 with ten steps. The first mistake changes the picture, the second only the sum; looking
# at one map alone, who would notice either? The completeness check notices both.

# %% [markdown]
# ## "Nothing there": which baseline?
#
# Every map so far compared with black. What equals the baseline has x − x′ = 0 and gets
# **nothing**, whatever the network makes of it. See it happen on a network that we built ourselves,
# so that we know the truth: its score says how much orange there is in the picture. One sticker
# in the palace's sky is orange.

# %%
ORANGE = torch.tensor([0.95, 0.5, 0.1]).view(1, 3, 1, 1)


def orange_score(images):
    """How much orange: the mean over the pixels of a closeness between 0 and 1, times 100."""
    return 100 * torch.exp(-100 * ((images - ORANGE) ** 2).sum(1)).mean((1, 2))


def orange_gradient(images):
    images = images.detach().requires_grad_(True)
    return torch.autograd.grad(orange_score(images).sum(), images)[0]


# %%
stickered, sticker = photographs["palace"].clone(), torch.zeros(1, 1, side, side)
sticker[..., side // 8 : side // 3, 5 * side // 8 : 5 * side // 6] = 1
stickered = torch.where(sticker > 0, ORANGE, stickered)
maps = {"gradient": orange_gradient(stickered)}
for name, colour in (("black", 0 * ORANGE), ("orange", ORANGE)):
    baseline = colour.expand_as(stickered)
    ig_from = integrated_gradients(orange_gradient, stickered, baseline, midpoints(50))
    maps[f"IG from {name}"] = ig_from
shares = [((m.abs() * sticker).sum() / m.abs().sum()).item() for m in maps.values()]

# %%
plot.heatmaps(
    list(maps.values()),
    [f"{name}\nsticker: {share:.0%}" for name, share in zip(maps, shares)],
    "The network looks for orange, and from an orange baseline the orange sticker is invisible.",
    "A palace with an orange sticker in its sky, and three maps: one has only specks on the roofs, "
    "one only the sticker, one is blue everywhere but on the sticker.",
    photograph=stickered,
    over=stickered,
    signed=True,
)

# %% [markdown]
# The only thing that this network looks for is invisible from an orange baseline: all the blame
# goes to the rest for *not* being orange. (The plain gradient is 0 on the sticker too: it could not
# be more orange. The trunk again.)
#
# Nobody explains with orange. Everybody explains with black, and photographs have black things.

# %% [markdown]
# ### Exercise 3.7 · As far away as possible
#
# One answer: a baseline that no value can equal. Write `farthest(images)`: for each value the end
# of the range [0, 1] that is farther from it, 0 or 1, as floats, (N,3,H,W) → (N,3,H,W).


# %% exercise="3.7"
def farthest(images):
    """The baseline farthest from each value, 0 or 1: (N,3,H,W) → (N,3,H,W)."""
    ### BEGIN SOLUTION
    return (images < 0.5).float()
    ### END SOLUTION


# %% check="3.7"
farthest = check("3.7")

# %% [markdown]
# Five baselines for the astronaut. The network says *barbell*. Her helmet is black and round, like
# a weight; the backdrop is bright.
#
# **Predict:** which baselines can see the helmet?


# %%
def blur(images):
    """A strong blur: two means over a seventh of the side."""
    width = side // 7 // 2 * 2 + 1
    for _ in range(2):
        images = F.avg_pool2d(images, width, 1, width // 2, count_include_pad=False)
    return images


noise = torch.rand(astronaut.shape, generator=torch.Generator().manual_seed(0))
baselines = {
    "black": torch.zeros_like(astronaut),
    "white": torch.ones_like(astronaut),
    "blur": blur(astronaut),
    "noise": noise,
    "farthest": farthest(astronaut),
}

# %%
plot.images(
    [astronaut, *baselines.values()],
    ["the photograph", *baselines],
    "Five answers to the question what “nothing there” looks like.",
    "The astronaut; black, white, her blur, coloured noise, and her harsh negative.",
    columns=3,
)

# %% tags=["long"]
BARBELL = network(astronaut).argmax().item()
brightness = astronaut.mean(1, keepdim=True)
dark = (brightness <= brightness.quantile(0.2)).float()
maps = {
    name: explain.integrated_gradients(network, astronaut, BARBELL, baseline, steps=16)
    for name, baseline in tqdm(baselines.items(), desc="baselines")
}
maps["Sobel (control)"] = explain.sobel(astronaut)
shares = [((m.abs() * dark).sum() / m.abs().sum()).item() for m in maps.values()]
plot.heatmaps(
    list(maps.values()),
    [f"{name}\n{share:.0%} on the dark" for name, share in zip(maps, shares)],
    "Rather than black, it was the backdrop; rather than white, the helmet and the black at her "
    "neck. (The share of each map on the darkest fifth of the pixels.)",
    "The astronaut and six maps. From black the helmet is missing and the backdrop bright, from "
    "white it is the other way round.",
    photograph=astronaut,
)

# %% [markdown]
# From black the *backdrop* made the network say barbell; from white the *helmet and the black at
# her neck* did. Same network, same picture, same formula, and with enough steps both maps add up.
# Neither is wrong: they answer different questions, "rather than black?" and "rather than white?".
# A map of IG without its baseline is an answer without its question. So print it, or average over
# several.

# %% [markdown]
# ### Question 3.8 · The car in the dark
#
# A network recognises a car. From a black baseline IG gives nothing to its black tyres. Why?
#
# - **A** The network does not use tyres.
# - **B** x − x′ is 0 there, so IG gives them 0 whatever the network does.
# - **C** There were too few steps.
# - **D** The gradient at a black pixel is always 0.

# %% exercise="3.8"
### BEGIN SOLUTION
answer_3_8 = "B"
### END SOLUTION

# %% check="3.8"
check("3.8")

# %% [markdown]
# The farthest baseline has a weakness too. **Predict:** what will the network say to the picture
# that is farthest from the rocket?

# %%
opposite = farthest(rocket)
z = rocket_score(torch.cat([rocket, opposite, black])).tolist()
plot.images(
    torch.cat([rocket, opposite, black]),
    [
        f"the rocket\nlogit {z[0]:.1f}",
        f"its farthest\nlogit {z[1]:.1f}",
        f"black\nlogit {z[2]:.1f}",
    ],
    "The picture farthest from the rocket means nearly as much to the network as the rocket.",
    "A rocket, its harsh negative, which still shows a rocket, and black.",
)

# %% [markdown]
# It is a negative of the rocket, still a rocket, and nearly as much of a missile. f(x) − f(x′) is
# then close to 0: there is nothing left to explain, and any error is large beside it. A baseline
# should be far from the picture *and* mean nothing to the network. Nobody knows one that always is.

# %% [markdown]
# ## Where it fails: whose map is it?
#
# A last test, from Adebayo et al. (2018): throw the network's knowledge away. The weights of every
# layer are shuffled, so that the network knows nothing any more. (Batch norm then needs new means
# and variances; one pass over the six photographs gives them.) A map that explains the network
# would change completely.
#
# **Predict:** how similar are the astronaut's maps before and after? (Rank correlation: 1 is the
# same, 0 is unrelated.)


# %%
@torch.no_grad()
def shuffled(model, images, seed=0):
    """A copy of the model with the weights of every layer in random order."""
    model, random = copy.deepcopy(model), torch.Generator().manual_seed(seed)
    for weight in (w for w in model.parameters() if w.ndim > 1):
        order = torch.randperm(weight.numel(), generator=random).to(weight.device)
        weight.copy_(weight.flatten()[order].view_as(weight))
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.reset_running_stats()
            layer.momentum = None  # the plain mean over what it sees
    model.train()(images)
    return model.eval()


# %% tags=["long"]
ignorant = shuffled(network, torch.cat(list(photographs.values())))
pairs = {
    "gradient": [explain.gradient(n, astronaut, BARBELL) for n in (network, ignorant)],
    "IG from black": [
        maps["black"],
        explain.integrated_gradients(ignorant, astronaut, BARBELL, 0, steps=16),
    ],
}
plot.heatmaps(
    [m for pair in pairs.values() for m in pair],
    caption="A network that knows nothing: the gradient has no shape any more, IG still draws an "
    "astronaut.",
    alt="The astronaut. Shuffled, her gradient turns into a shapeless cloud; IG's map keeps her "
    "face, collar and helmet.",
    photograph=torch.cat([astronaut, astronaut]),
    columns=["photograph", "trained network", "shuffled network"],
    rows=["gradient", "IG from\nblack"],
)

# %%
edges = explain.sobel(astronaut)  # knows no network
pairs["Sobel"] = [edges, edges]
similarity = {name: explain.rank_correlation(*pair).item() for name, pair in pairs.items()}
plot.bars(
    list(similarity),
    {"": list(similarity.values())},
    "rank correlation,\nbefore and after",
    "What survives when the network forgets everything: nothing of the gradient, much of IG, all "
    "of Sobel, which never asked it.",
)

# %% [markdown]
# The gradient passes: nothing of it is left. IG's map of a network that knows *nothing* draws an
# astronaut, because the factor x − x′ *is the photograph*. Completeness needs that factor, and the
# factor draws the picture into the map. So when a map of IG looks like the object, part of that is
# the object itself, and "it looks right" proves even less here than it did in lesson 02.

# %% [markdown]
# ## What to take away
#
# - Where a score is saturated, its gradient says 0; the way there tells what contributed.
# - IG = (x − x′) × mean gradient on the straight path. The factor belongs to it.
# - Completeness is your check: it finds wrong formulas, wrong weights and too few steps. It does
#   not find wrong places.
# - Real networks need hundreds of steps; clever quadrature does not help.
# - A map means "rather than the baseline". What equals the baseline is invisible.
# - Part of a map of IG is the photograph itself.
#
# Next: **LIME**, which asks no gradients at all.

# %% [markdown]
# ## How far am I?

# %% check="score"
score("03")
