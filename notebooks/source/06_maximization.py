# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 · What does a digit, or a cat, look like to a network?
#
# So far we asked why a network said *cat* of a given photograph. Now there is no photograph. Start
# from noise and change the pixels, not the weights, until the network is as sure as it can be:
#
# $$X^* = \arg\max_X \; z_c(X)$$
#
# This is **activation maximization**, a *global* explanation: it is about the class, not about one
# picture. You will write the ascent, three priors, the search through a generator, and the attack
# that is the same calculation.
#
# You need: gradients with respect to pixels (lesson 02). About 75 minutes.

# %% [markdown] slide="notes"
# Before anything runs, have everyone draw on paper what they expect the network's best 4 to look
# like. Hold the drawings up again after the noise, and after the generator.

# %% tags=["setup"]
import json
import math
from itertools import product
from pathlib import Path

import numpy as np  # noqa: F401  for your answers
import torch
import torch.nn.functional as F
from IPython.display import display

import helpers
from grading.notebook import check, panel, score
from helpers import digits, load, plot, widgets
from helpers import maximize as core

network = load.network()
panel("06")

# %% [markdown]
# ## A digit
#
# 1,797 real handwritten digits, 8 × 8 pixels, enlarged to 28 × 28. We train a small CNN on 1,500
# of them, twice, from different random weights: the second is our independent witness. The other
# 297, which neither has seen, test them.

# %% tags=["long"]
real, labels = digits.digits()
cnn, witness = digits.trained_cnn(seed=0), digits.trained_cnn(seed=100)
EVERY = list(range(10))
print(f"right on held-out digits: {digits.accuracy(cnn):.2f}, {digits.accuracy(witness):.2f}")
plot.images(
    real[:10],
    [f"a {d}" for d in labels[:10]],
    "What the networks have seen: real digits, enlarged from 8 × 8 pixels.",
    "Ten blurred handwritten digits, white on black.",
    columns=5,
)

# %% [markdown]
# ### Exercise 6.1 · Gradient ascent on pixels
#
# Write `ascend(score, start, steps, lr)`. `score(pictures)` takes (N,1,H,W) and gives N numbers.
# From a copy of `start` take `steps` steps: add `lr` times the gradient of the sum of the scores,
# then cut to [0, 1]. Return the pictures without gradients attached; `start` must stay as it is.


# %% exercise="6.1"
def ascend(score, start, steps, lr):
    """Climb the score from the start: (N,C,H,W) → (N,C,H,W) in [0,1]."""
    ### BEGIN SOLUTION
    x = start.detach().clone()
    for _ in range(steps):
        x.requires_grad_(True)
        (gradient,) = torch.autograd.grad(score(x).sum(), x)
        x = (x.detach() + lr * gradient).clamp(0, 1)
    return x
    ### END SOLUTION


# %% check="6.1"
ascend = check("6.1")

# %% [markdown]
# **Predict:** ten pictures, one a class, from random noise. What will the best 0 look like? How
# sure will the network be? Will the witness agree?

# %%
my_prediction = None  # of the ten, how many will the witness name as meant?


# %%
def digit_score(pictures):
    """Picture i is scored by the logit of class i."""
    return cnn(pictures)[EVERY, EVERY]


noise = torch.rand(10, 1, 28, 28, generator=torch.Generator().manual_seed(0))
free = ascend(digit_score, noise, steps=150, lr=0.1)


def described(pictures):
    """How sure the network is of its classes, and what the second network says."""
    lowest = math.floor(100 * cnn(pictures).softmax(1)[EVERY, EVERY].min()) / 100
    named = (witness(pictures).argmax(1) == torch.tensor(EVERY)).sum()
    return f"Every p is above {lowest:.2f}, and the witness names {named} of 10 as meant."


DIGITS = [str(digit) for digit in EVERY]

# %%
print(f"you said {my_prediction} of 10" if my_prediction is not None else "(no prediction)")
plot.images(free, DIGITS, described(free), "Ten noisy blots, white on black.", columns=5)

# %% [markdown]
# Which of these can you read? Some, strokes among the noise: a 0, a 4, a 9 perhaps; others not at
# all. The network makes no such difference. It is certain of all ten, more than of most real
# digits. It is tempting to call it a quirk of one network, but read what the witness says.

# %% [markdown]
# ### Question 6.2 · Why does the witness agree?
#
# A second network, trained from other weights, names all ten pictures as the first does, those that
# you can read and those that you cannot. What follows?
#
# - **A** The witness must have been trained on these pictures.
# - **B** The two networks have the same weights.
# - **C** What two networks agree on can be read; we only have to look harder.
# - **D** Both look for the same patterns, readable or not; agreement does not tell them apart.

# %% exercise="6.2"
### BEGIN SOLUTION
answer_6_2 = "D"
### END SOLUTION

# %% check="6.2"
check("6.2")

# %% [markdown]
# ## A prior: few white pixels
#
# The network was never asked whether a picture is a digit at all, only which. We must say ourselves
# what a digit is like: $X^* = \arg\max_X z_c(X) - R(X)$. The first idea: most of a digit is black.

# %% [markdown]
# ### Exercise 6.3 · The price of white
#
# Write `white_pixels(pictures, weight)`: weight × the sum of the brightness of each picture,
# (N,C,H,W) → (N,).


# %% exercise="6.3"
def white_pixels(pictures, weight):
    """weight × the sum of the brightness: (N,C,H,W) → (N,)."""
    ### BEGIN SOLUTION
    return weight * pictures.flatten(1).sum(1)
    ### END SOLUTION


# %% check="6.3"
white_pixels = check("6.3")

# %% [markdown]
# `core.maximize` is your `ascend` with a bar, Adam's steps, frames to keep, and priors.

# %% tags=["long"]
weights = [0, 0.05, 0.1, 0.2]
sparse = {}
for weight in weights:
    result = core.maximize(
        core.logit(cnn, EVERY),
        core.Pixels(noise),
        steps=100,
        priors=[lambda x, weight=weight: white_pixels(x, weight)],
    )
    sparse[weight] = result.picture


def at_price(weight):
    """The ten pictures at this price of a white pixel."""
    pictures = sparse[weight]
    caption = f"At a price of {weight}, {pictures.mean():.0%} is white. {described(pictures)}"
    return plot.images(pictures, DIGITS, caption, "Ten pictures, white on black", columns=5)


widgets.slider(at_price, weights, "price of a white pixel", start=0.1)

# %% [markdown]
# The blots thin out to sparse strokes. With good will, one sees a 0 or a 4. *With good will* is the
# problem: we want a number.

# %% [markdown]
# ## Naturalness as a number
#
# A pen leaves connected strokes: neighbours are mostly alike. The **total variation** of a picture
# measures how much they differ: the mean |difference| down plus the mean |difference| across. It
# can serve as a prior and as a measure. Used as both at once it would prove nothing.

# %% [markdown]
# ### Exercise 6.4 · Total variation
#
# Write `total_variation(pictures)`: for each picture, the mean absolute difference of pixels one
# below the other plus that of pixels side by side, (N,C,H,W) → (N,).


# %% exercise="6.4"
def total_variation(pictures):
    """Mean |difference| down plus across: (N,C,H,W) → (N,)."""
    ### BEGIN SOLUTION
    down = pictures[:, :, 1:] - pictures[:, :, :-1]
    across = pictures[:, :, :, 1:] - pictures[:, :, :, :-1]
    return down.abs().flatten(1).mean(1) + across.abs().flatten(1).mean(1)
    ### END SOLUTION


# %% check="6.4"
total_variation = check("6.4")

# %% tags=["long"]
smooth = core.maximize(
    core.logit(cnn, EVERY),
    core.Pixels(noise),
    steps=100,
    priors=[lambda x: 100 * total_variation(x)],
).picture
plot.images(
    smooth,
    [f"{d}" for d in EVERY],
    "Flat patches are what we asked for and what we get; a digit is more than that.",
    "Ten pictures of flat white, gray and black patches with sharp borders.",
    columns=5,
)

# %% [markdown]
# Smooth, and no better to read: a cloud is smooth too. Every formula for "like a digit" that we
# write by hand is satisfied by things that are no digits.

# %% [markdown]
# ## A prior that was learned: a generator
#
# So let a second model learn what digits are like. A **VAE** draws pictures $G(z)$ from ten numbers
# $z$, and for most $z$ near 0 they look like digits; it knows no classes. We no longer move pixels:
#
# $$z^* = \arg\max_z \; z_c(G(z)), \qquad X^* = G(z^*)$$
#
# After each step z is pulled a little toward 0, where the generator was trained.

# %% tags=["long"]
vae = digits.trained_vae(seed=0)
draws = torch.randn(10, 10, generator=torch.Generator().manual_seed(1))
plot.images(
    vae.decode(draws),
    caption="Whatever numbers z one gives it, the VAE draws something like a digit; nobody asked "
    "for a class.",
    alt="Ten soft white shapes on black, most of them digits.",
    columns=5,
)

# %% [markdown]
# ### Exercise 6.5 · Search z
#
# Write `search_z(score, decode, z, steps, lr, share)`. `decode` gives pictures for z (N,d), `score`
# N numbers for pictures. Each step: add `lr` times the gradient of the summed score with respect
# to z; then multiply z by (1 − share). Return z*, not the picture.


# %% exercise="6.5"
def search_z(score, decode, z, steps, lr, share):
    """Climb the score of decode(z), pulling z toward 0: (N,d) → (N,d)."""
    ### BEGIN SOLUTION
    z = z.detach().clone()
    for _ in range(steps):
        z.requires_grad_(True)
        (gradient,) = torch.autograd.grad(score(decode(z)).sum(), z)
        z = (1 - share) * (z.detach() + lr * gradient)
    return z
    ### END SOLUTION


# %% check="6.5"
search_z = check("6.5")

# %%
best_z = search_z(digit_score, vae.decode, torch.zeros(10, 10), steps=150, lr=0.02, share=0.03)
drawn = vae.decode(best_z)
plot.images(
    [plot.sheet(free, columns=5), plot.sheet(drawn, columns=5)],
    ["no prior", "through the VAE"],
    f"One network, asked for 0 to 9 twice. Left: {described(free)} Right: {described(drawn)}",
    "Left, ten noisy blots; right, ten clear digits.",
)

# %% [markdown]
# Ten digits, and the network is no surer of them than of the blots. What differs is not in the
# network: it is how we allowed the picture to move.

# %%
rows = {"no prior": free, "few white": sparse[0.1], "smooth": smooth, "VAE": drawn}
said = {name: (witness(x).argmax(1) == torch.arange(10)).sum().item() for name, x in rows.items()}
print("the witness agrees, of ten:", said)
own = torch.cdist(real[1500:].flatten(1), real[:1500].flatten(1)).amin(1) / 28  # held-out digits
plot.bars(
    [*rows, "real digits"],
    {
        "total variation": [total_variation(x).mean().item() for x in (*rows.values(), real)],
        "distance to nearest real digit": [
            *[digits.nearest_digit(x)[0].mean().item() for x in rows.values()],
            own.mean().item(),
        ],
    },
    "per pixel, 0 to 1",
    "Only through the VAE are both low: as smooth as a real digit, and near to one.",
)

# %% [markdown]
# Agreement is the same for all; naturalness is not. Read "smooth" with care: its total variation is
# low because we *asked* for that. Its distance to real digits tells. Read "VAE" with care too: it
# has seen 1,500 of the real digits, so being near to one of them is what it was trained for.

# %% [markdown]
# ## A cat
#
# Now the ImageNet network. **Predict:** pixels, no prior: what will the best *Siamese cat* look
# like?

# %% tags=["long"]
CAT = load.class_index(network, "Siamese cat")
gray = 0.5 + 0.05 * torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
cat_noise = core.maximize(core.logit(network, CAT), core.Pixels(gray), steps=40, lr=0.03).picture
p = network(cat_noise).softmax(1)[0, CAT]
plot.images(
    cat_noise,
    [f"Siamese cat: p = {p:.3f}"],
    "Pixels without a prior: to this network hardly anything is more of a Siamese cat.",
    "Fine coloured noise.",
)

# %% [markdown]
# ## Four priors by hand
#
# Yosinski et al. (2015) change the picture after each step, with gray as its zero:
#
# - **L2 decay**: every pixel a little nearer to gray;
# - **blur**: a little less of the high frequencies;
# - **clip small norm**: the pixels nearest to gray become gray;
# - **clip small contribution**: the pixels that matter least become gray. How much one matters is
#   $|\sum_{\text{channels}} (x - \text{gray}) \cdot \partial z_c / \partial x|$: lesson 03 knows
#   this product.

# %% [markdown]
# ### Exercise 6.6 · Clip small contributions
#
# Write `clip_small_contribution(x, gradient, share, gray)`, all pictures (N,3,H,W). For each pixel
# take the size of (x − gray) · gradient summed over channels. In each picture, set the pixels below
# its own quantile `share` to `gray`, in all channels. Leave `x` itself alone.


# %% exercise="6.6"
def clip_small_contribution(x, gradient, share, gray):
    """Pixels that matter least become gray: (N,3,H,W) → (N,3,H,W)."""
    ### BEGIN SOLUTION
    importance = ((x - gray) * gradient).sum(1).abs()
    limit = importance.flatten(1).quantile(share, dim=1)[:, None, None]
    return torch.where((importance < limit)[:, None], torch.full_like(x, gray), x)
    ### END SOLUTION


# %% check="6.6"
clip_small_contribution = check("6.6")

# %% [markdown]
# Precomputed with `data/make_maximization.py`: 150 steps with all four, with each left out, with
# none. Move the slider through the steps. **Predict:** which of the four does the most?

# %% tags=["long"]
DATA = Path(helpers.__file__).parents[1] / "data" / "06_maximization"
numbers = json.loads((DATA / "numbers.json").read_text())


def tiles(file, size):
    """The pictures on a sheet, left to right, top to bottom."""
    sheet = load.image(DATA / file, size=None)[0]
    return [tile for row in sheet.split(size, dim=1) for tile in row.split(size, dim=2)]


STEPS = [0, 10, 25, 50, 100, 150]
frames = [0.5 + 3 * (tile - 0.5) for tile in tiles("yosinski.jpg", 150)]  # contrast for the eye
rules = [name.removeprefix("clip ") for name in list(numbers["yosinski"])[1:-1]]
names = ["all four", *(f"without {name}" for name in rules), "without all four"]


# %%
def after(step):
    """The six pictures after so many steps."""
    caption = f"After {step} steps, with contrast tripled: which prior matters most?"
    alt = "Six pictures on gray, of strokes, blobs or grain"
    return plot.images(frames[STEPS.index(step) :: 6], names, caption, alt, columns=3)


widgets.slider(after, STEPS, "step", start=150)

# %% [markdown]
# Contrast is tripled here. Blur does most: of those left out, it makes the grainiest picture. With
# all four there are strokes like fur, and no cat: on this network these priors fail. One surprise:
# leaving out the fourth rule changes little at first. The third has just set 15 % of the pixels to
# gray; gray pixels contribute exactly 0, so nearly all of the weakest 15 % are gray already. Later
# the two pictures drift apart, and neither is a cat.

# %% [markdown]
# ## Change what "up" means
#
# A gradient step treats all pixels alike, so the fastest way up is fine noise. Olah et al. (2017)
# and others change the way, not the goal:
#
# - **waves**: move the waves that make up the picture, coarse ones most, as in photographs;
# - **colours**: move the three mixtures along which the colours of photographs vary;
# - **shaking**: look at it shifted, turned and zoomed at random; only what survives scores;
# - **coarse first**: hold fine waves back until the coarse ones are in place.
#
# The contrast is held at that of a photograph. Apart from that nothing is forbidden.
#
# **Predict:** which one could you leave out and still see a cat?

# %%
combinations = dict(zip(product([True, False], repeat=4), numbers["waves"].values()))
strips = tiles("waves.jpg", 140)
FEW_STEPS = [20, 60, 100, 150]
IDEAS = ["waves", "colours", "shaking", "coarse first"]


def strip(ticked):
    """The cat with these ideas, after each of a few steps."""
    row, n = 4 * list(combinations).index(ticked), combinations[ticked]
    used = ", ".join(idea for idea, on in zip(IDEAS, ticked) if on) or "none of them"
    seen = "soft shapes" if n["total variation"] < 0.1 else "fine grain"
    caption = f"With {used}: p = {n['p']:.3f}, and {seen}."
    alt = f"Four stages of one picture, {seen} in the end"
    return plot.images(strips[row : row + 4], [f"step {s}" for s in FEW_STEPS], caption, alt)


widgets.toggles(strip, IDEAS)

# %% [markdown]
# With all four: a cat's ear, its blue eye, the dark face of the breed. Untick one at a time: the
# colours go wild, one face falls to pieces, a veil stays, or all is noise. Wherever waves are
# ticked p is 1. Shaken pixels with mixed colours climb hardly at all: what they could win by is
# just what the shaking takes away. The total variation with each idea left out (without shaking it
# is *lower* than with all four, though the face falls to pieces: smooth is not the same as whole):

# %%
left_out = {"all four": (True,) * 4}
left_out |= {f"no {idea}": tuple(i != idea for i in IDEAS) for idea in IDEAS}
left_out["none"] = (False,) * 4
plot.bars(
    list(left_out),
    {"": [combinations[ticked]["total variation"] for ticked in left_out.values()]},
    "total variation",
    "Only the waves make the picture smooth; what the other three ideas do, this number does not "
    "see.",
)

# %% [markdown]
# Now live, with an intermediate picture about every second. Stop it with ■ whenever you like: what
# it has is kept.

# %% tags=["long"]
gray = torch.full((1, 3, 224, 224), 0.5)
screen = display(plot.images(gray, ["step 0"], "Gray, before the first step."), display_id=True)


def watch(step, picture):
    p = network(picture).softmax(1)[0, CAT]
    caption = f"After {step} of 150 steps p = {p:.3f}. What would you say?"
    screen.update(plot.images(picture, [f"step {step}"], caption, "A dark shape, blurred at first"))


live = core.maximize(
    core.logit(network, CAT),
    core.Fourier(1, 224, seed=1),
    steps=150,
    rules=[core.coarse_first(120)],
    transform=core.shaken(core.shift(24), core.scale(0.25), core.rotate(12)),
    seed=1,
    watch=watch,
)

# %%
plot.lines(
    list(range(1, len(live.scores) + 1, 10)),
    {"Siamese cat": live.scores[::10, 0].tolist()},
    "step",
    "logit",
    "The score climbs; it is all that the search knows of a cat.",
    number=".1f",
)

# %% tags=["cover"]
six = tiles("classes.jpg", 224)
plot.images(
    six,
    list(numbers["classes"]),
    "Six classes, each at p ≈ 1: what they look like to the network, when we hold the brush.",
    "Six painted pictures in which parts of animals and of a mountain can be made out.",
    columns=3,
)

# %% [markdown]
# Look for the ear and the blue eye of the cat, the legs and segments of the ants, the flamingo's
# neck over the water, the smoke above the volcano, the ladybugs' dots, the dog's nose between two
# eyes. Parts float or repeat: nothing in the score says how many eyes there should be.

# %% [markdown]
# ## Does it hold still?
#
# Look again at copies of two pictures of *one* class, shifted, turned or zoomed: the pixels without
# a prior, and the waves. **Predict:** for which one does the network keep its mind?


# %%
def after_move(picture, move, n=12):
    """Mean p of the cat over n random views."""
    random, shake = torch.Generator().manual_seed(0), core.shaken(move)
    views = torch.cat([shake(picture, random) for _ in range(n)])
    return network(views).softmax(1)[:, CAT].mean().item()


# %%
MOVES = {
    "as it is": core.shift(0),
    "shifted, up to\n16 pixels": core.shift(16),
    "turned, up to\n15 degrees": core.rotate(15),
    "zoomed, up to\n15 %": core.scale(0.15),
}
plot.bars(
    list(MOVES),
    {
        "pixels, no prior": [after_move(cat_noise, move) for move in MOVES.values()],
        "waves": [after_move(live.picture, move) for move in MOVES.values()],
    },
    "mean p of Siamese cat",
    "A small shift, turn or zoom breaks the noise; the picture made of waves holds.",
)

# %% [markdown]
# And a network of another kind, where its weights are at hand? Set the name, and both pictures are
# shown to it.

# %%
SECOND = None  # another ImageNet network of torchvision: "resnet50"
if SECOND:
    judge = load.network(SECOND)
    for name, picture in {"pixels, no prior": cat_noise, "waves": live.picture}.items():
        print(name, load.top_classes(judge, picture, k=3)[0])
else:
    print("no second network chosen")

# %% [markdown]
# ## The same story: an adversarial picture
#
# Start the ascent from a photograph instead of noise and take one step. That is **FGSM**
# (Goodfellow et al., 2015): climb the *loss* of the right label, every value by exactly ε,
# $x' = x + \varepsilon\,\mathrm{sign}(\partial L/\partial x)$.

# %% [markdown]
# ### Exercise 6.7 · FGSM
#
# Write `fgsm(model, pictures, labels, epsilon)`: logits (N,classes) come from `model(pictures)`,
# the loss is cross-entropy with `labels` (N,). Return the moved pictures, cut to [0, 1].


# %% exercise="6.7"
def fgsm(model, pictures, labels, epsilon):
    """One step up the loss, every value by ε: (N,C,H,W) → (N,C,H,W) in [0,1]."""
    ### BEGIN SOLUTION
    x = pictures.detach().clone().requires_grad_(True)
    loss = F.cross_entropy(model(x), labels, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, x)
    return (pictures.detach() + epsilon * gradient.sign()).clamp(0, 1)
    ### END SOLUTION


# %% check="6.7"
fgsm = check("6.7")

# %%
photo = load.photograph("cat")
label = torch.tensor([load.class_index(network, "Egyptian cat")])
once = fgsm(network, photo, label, 2 / 255)
wanted = torch.tensor([load.class_index(network, "volcano")])
few = photo
for _ in range(8):  # down the loss of "volcano": a step with ε < 0
    few = fgsm(network, few, wanted, -1 / 255)
    few = photo + (few - photo).clamp(-3 / 255, 3 / 255)
three = torch.cat([photo, once, few])
best = [f"{name} {p:.2f}" for ((name, p),) in load.top_classes(network, three, k=1)]

# %%
plot.images(
    torch.cat([three, 0.5 + 20 * (few - photo)]),
    [
        f"photograph\n{best[0]}",
        f"one step\n{best[1]}",
        f"toward volcano\n{best[2]}",
        "the third's change,\n20 times as strong",
    ],
    "To you three times the same cat; to the network the third is a volcano.",
    "Three photographs of a cat that look alike, and coloured noise.",
)

# %% [markdown]
# The change is noise of the kind that maximization without a prior draws. Adding it to a cat, or to
# gray, is one calculation: the network answers to patterns that we do not see.

# %% [markdown]
# ## Whose picture is it?
#
# Noise at p = 1, and a cat at p = 1. We call the second "what the network has learned" and throw
# the first away. The network made no such difference. *We* chose waves, shaking and generator until
# the picture pleased us, and lecture slides show the ones that pleased most.
#
# So did this lesson: about thirty settings were tried by eye, and for each class a few seeds. You
# see the cat that most looks like one.

# %% [markdown]
# ### Question 6.8 · The uncomfortable question
#
# A maximized picture with strong priors looks like a cat. What does that show?
#
# - **A** That the network sees cats as we do.
# - **B** That among the pictures the network scores high there are some that fit our priors.
# - **C** That the priors drew the cat, and the network had no part in it.
# - **D** That the picture is a fact about us alone.

# %% exercise="6.8"
### BEGIN SOLUTION
answer_6_8 = "B"
### END SOLUTION

# %% check="6.8"
check("6.8")

# %% [markdown]
# ## What to take away
#
# - Without a prior the network's favourite is noise, at p ≈ 1; on digits a second network agrees.
# - A prior says what we accept as a picture: few white pixels, smoothness, waves, a generator.
# - Report score, naturalness and robustness beside every picture.
# - Adversarial pictures are the same ascent, started from a photograph.

# %% [markdown]
# ## How far am I?

# %% check="score"
score("06")
