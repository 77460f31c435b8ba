# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · LIME
#
# A network with millions of weights cannot be read. A sum of forty numbers can. **LIME** (Ribeiro,
# Singh & Guestrin, 2016) asks the network about many variations of *one* picture and fits a linear
# model to its answers: simple enough to read, and near this picture much like the network.
#
# It needs no gradient and no look inside, so it explains anything that takes an input and gives a
# score. You will write all of it, then use the `lime` package on pictures, texts and tables, and
# measure how far to trust it.
#
# You need: least squares. About 80 minutes.

# %% [markdown] slide="notes"
# Start with the one-dimensional slider and let the room say what "local" should mean. Return to
# that question at the kernel width of the real thing: nobody expects the answer.

# %% tags=["setup"]
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from scipy.ndimage import distance_transform_edt
from torch import nn
from tqdm.auto import tqdm

import helpers
from grading.notebook import check, panel, score
from helpers import explain, load, plot, widgets

DATA = Path(helpers.__file__).parents[1] / "data"
network = load.network()
rocket, coffee = load.photograph("rocket"), load.photograph("coffee")
MISSILE, ESPRESSO = (load.class_index(network, name) for name in ("missile", "espresso"))
panel("04")

# %% [markdown]
# ## A simple model, valid nearby
#
# First with one number as input. The curve is the black box; the cross is the input we ask about.
# We draw samples around it, give near ones more weight than far ones, and fit a straight line. How
# fast the weight falls with the distance is the **kernel width**.
#
# **Predict:** the line for a narrow and for a wide kernel: will their slopes have the same sign?


# %%
def black_box(x):
    return np.sin(3 * x) + 0.5 * x


here, samples = 1.0, np.random.default_rng(0).normal(1.0, 1.5, 200)
grid = np.linspace(-2, 4, 200)


# %%
def local_line(width):
    """The black box, the samples by their weight and the weighted straight line."""
    weight = np.exp(-((samples - here) ** 2) / (2 * width**2))
    slope, level = np.polyfit(samples - here, black_box(samples), 1, w=np.sqrt(weight))
    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axis = figure.add_subplot(xlim=(-2, 4), ylim=(-2.5, 3.5), xlabel="input", ylabel="score")
    axis.plot(grid, black_box(grid), "k-", label="black box")
    axis.scatter(samples, black_box(samples), 90 * weight, plot.COLOURS[5], label="samples")
    axis.plot(grid, level + slope * (grid - here), "--", color=plot.COLOURS[1], label="fitted line")
    axis.plot(here, black_box(here), "kx", markersize=11, markeredgewidth=3, label="our input")
    figure.legend(loc="outside upper center", ncols=4)
    verb = "rises" if slope > 0 else "falls"
    caption = f"With kernel width {width} the line says: the score {verb} with the input."
    alt = f"A wavy curve with samples, large near the input, and a line of slope {slope:.2f}."
    return plot.picture(figure, caption, alt)


widgets.slider(local_line, [0.1, 0.2, 0.4, 0.8, 1.6, 3.2], "kernel width", start=0.4)

# %% [markdown]
# Both lines are right: one about the neighbourhood, one about the whole. "Near this input the score
# falls" and "the score rises with the input" are different questions, and the kernel width chooses
# between them. An explanation that does not say how far it reaches is half an explanation.

# %% [markdown]
# ## Pieces instead of pixels
#
# A linear model on 150,528 pixels is no help to a reader. LIME cuts the picture into
# **superpixels**, pieces of similar colour, and describes a variation by a **mask**: a 1 for each
# piece that is visible, a 0 for each one that is hidden. The linear model works on masks.
#
# Hidden how? There is no "nothing" in a picture. LIME's habit is to paint a piece in its own mean
# colour.
#
# Here is a coffee in nine pieces. **Predict**, then hide: which piece does *espresso* need?


# %%
def mean_colours(image, segments):
    """The picture with each piece in its mean colour, (1,3,H,W)."""
    result = image.clone()
    for piece in segments.unique():
        inside = segments == piece
        result[:, :, inside] = image[:, :, inside].mean(2, keepdim=True)
    return result


nine = explain.superpixels(coffee, 9, 20)
painted = mean_colours(coffee, nine)
strongest = network(coffee)[0].topk(5).indices.tolist()


# %%
WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


# %%
def with_pieces(visible):
    """The coffee with some pieces hidden, and what the network says to it."""
    picture = torch.where(torch.tensor(visible)[nine], coffee, painted)
    p = network(picture).softmax(1)[0, strongest].tolist()
    figure = Figure(figsize=(7.5, 3.1), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.imshow(picture[0].permute(1, 2, 0))
    left.set(xticks=[], yticks=[])
    for piece in range(9):
        depth = distance_transform_edt(np.pad(nine == piece, 1))[1:-1, 1:-1]  # to the nearest edge
        row, column = divmod(depth.argmax(), 224)
        left.contour(nine == piece, [0.5], colors="white", linewidths=1)
        left.text(column, row, piece, ha="center", va="center", bbox=WHITE)
    names = [network.classes[index] for index in strongest]
    right.barh(names[::-1], p[::-1], color=plot.COLOURS[0])
    right.set(xlim=(0, 1), xlabel="probability")
    said = ", ".join(f"{name} {value:.2f}" for name, value in zip(names, p))
    hidden = " and ".join(str(piece) for piece in range(9) if not visible[piece]) or "nothing"
    caption = f"Hidden: {hidden}. The network gives {names[0]} p = {p[0]:.2f}."
    return plot.picture(figure, caption, f"The coffee in nine pieces. The network: {said}.")


# %%
widgets.toggles(with_pieces, [f"piece {piece}" for piece in range(9)])

# %% [markdown]
# Hide piece 2 alone, then piece 3 alone (the inside of the cup), then both. Alone, each costs
# little: *espresso* stays above 0.7. Together they take it to 0.26. One stands in for the other;
# whoever hides one piece at a time, as occlusion does, hardly sees either.
#
# So LIME hides *many at once*: it plays with these boxes a thousand times, at random, and writes
# down what the network says.

# %% [markdown]
# ## The piece that can never be hidden
#
# Column $j$ of the masks is meant to hide the piece whose number is $j$, and lime counts columns
# from 0 to S − 1. But scikit-image's `slic` starts at **1** by default. Then column 0 hides
# nothing, and piece S has no column: it can never be hidden, and whatever it does, LIME does not
# see it. There is no error message. Gaps in the numbers, after cropping say, do the same.

# %% [markdown]
# ### Exercise 4.1 · Number from 0
#
# Write `renumber(segments)`: (H,W) whole numbers, any of them → (H,W) with the same pieces,
# numbered 0 to S − 1 without gaps, the smallest number becoming 0, and so on in order. `int64` in
# and out.


# %% exercise="4.1"
def renumber(segments):
    """The same pieces, numbered 0 to S − 1 in the order of their old numbers: (H,W) → (H,W)."""
    ### BEGIN SOLUTION
    _, positions = segments.unique(return_inverse=True)
    return positions
    ### END SOLUTION


# %% check="4.1"
renumber = check("4.1")

# %% [markdown]
# For the rocket we take 46 pieces, cut by `explain.superpixels(rocket, 50, 20)`, which is `slic`,
# and kept in a file together with 10,000 answers of the network that we need later.
#
# `plot.pieces` draws explanations: a piece that speaks **for** the class is magenta and has a +,
# one **against** it is blue, striped and has a −.

# %%
stored = np.load(DATA / "04_lime" / "rocket.npz")
segments = renumber(torch.from_numpy(stored["segments"]).long())
S = segments.max().item() + 1

# %% [markdown]
# ### Exercise 4.2 · Masks to pictures
#
# Write `hide(image, hidden, segments, masks)`. `image` and `hidden` are (1,3,H,W), `segments` is
# (H,W) with the numbers 0 to S − 1, `masks` is (M,S) with the floats 1 (visible) and 0 (hidden).
# Return M pictures, (M,3,H,W): the image where its piece is visible, `hidden` elsewhere.


# %% exercise="4.2"
def hide(image, hidden, segments, masks):
    """Pictures with pieces replaced by those of `hidden`: masks (M,S) → (M,3,H,W)."""
    ### BEGIN SOLUTION
    visible = masks[:, segments][:, None]  # (M,1,H,W)
    return visible * image + (1 - visible) * hidden
    ### END SOLUTION


# %% check="4.2"
hide = check("4.2")

# %%
masks = explain.lime_masks(S, n=80, seed=0).float()
hidden = mean_colours(rocket, segments)
pictures = hide(rocket, hidden, segments, masks[:4])
p = network(pictures).softmax(1)[:, MISSILE]
plot.images(
    [*hide(rocket, torch.ones_like(rocket), segments, masks[:4]), *pictures],
    caption="A piece painted in its own mean colour is hard to miss on the rocket, and hard to see "
    "in the sky.",
    alt="Four masks, hidden pieces white; below, the rocket with these pieces painted.",
    columns=[f"mask {i}\np = {value:.2f}" for i, value in enumerate(p)],
    rows=["visible\npieces", "what the\nnetwork\nsees"],
)

# %% [markdown]
# ## Which samples are near?
#
# A mask with few zeros is nearer to the photograph (the mask of ones). lime measures the **cosine
# distance** between the two,
#
# $$d = 1 - \frac{z \cdot \mathbf 1}{\lVert z\rVert\,\lVert \mathbf 1\rVert},\qquad
# \text{weight} = \exp\Bigl(-\frac{d^2}{2\,\text{width}^2}\Bigr),$$
#
# with width 0.25 unless told otherwise.

# %% [markdown]
# ### Exercise 4.3 · Kernel weights
#
# Write `kernel_weights(masks, width)`: masks (M,S) → (M,), the weight of each mask. For a mask
# of only zeros take the cosine to be 0; no result may be NaN.


# %% exercise="4.3"
def kernel_weights(masks, width):
    """Exponential kernel on the cosine distance to the mask of ones: (M,S) → (M,)."""
    ### BEGIN SOLUTION
    distance = 1 - masks.mean(1).sqrt()  # k ones of S make an angle of cosine √(k/S)
    return torch.exp(-(distance**2) / (2 * width**2))
    ### END SOLUTION


# %% check="4.3"
kernel_weights = check("4.3")

# %% [markdown]
# ## The linear model
#
# Now fit scores $y_m \approx b + w \cdot z_m$ by **weighted ridge regression**: minimise
#
# $$\sum_m \pi_m\,(y_m - b - w\cdot z_m)^2 + \lambda\sum_s w_s^2 .$$
#
# $\pi_m$ is the weight of sample $m$ from the kernel. $\lambda$ keeps the weights small where the
# samples say little; the intercept $b$ is not held back by it. $w_s$ is the explanation: what piece
# $s$ adds to the score when it is visible.

# %% [markdown]
# How is it solved? First get rid of $b$: whatever $w$ is, the best $b$ makes the *weighted* mean of
# what is left zero, $b = \bar y - w\cdot\bar z$ with $\bar y = \sum\pi_m y_m / \sum\pi_m$ and
# $\bar z$ likewise. So subtract these means from scores and masks, and no intercept is needed. Then
# set the derivative with respect to $w$ to zero:
#
# $$\Big(\sum_m \pi_m\, z_m z_m^\top + \lambda I\Big)\, w = \sum_m \pi_m\, y_m z_m .$$
#
# That is a system of S linear equations.

# %% [markdown]
# ### Exercise 4.4 · Weighted ridge regression
#
# Write `weighted_ridge(masks, scores, importance, strength)`: masks (M,S), scores and importance
# (M,), strength the number λ. Return two things, the weights (S,) and the intercept. No
# scikit-learn: two or three lines of linear algebra do it.


# %% exercise="4.4"
def weighted_ridge(masks, scores, importance, strength):
    """Weights (S,) and intercept of the weighted ridge regression of the scores on the masks."""
    ### BEGIN SOLUTION
    share = importance / importance.sum()
    mean_mask, mean_score = share @ masks, share @ scores
    z, y = masks - mean_mask, scores - mean_score  # without an intercept now
    gram = (importance[:, None] * z).T @ z + strength * torch.eye(masks.shape[1])
    weights = torch.linalg.solve(gram, z.T @ (importance * y))
    return weights, mean_score - mean_mask @ weights
    ### END SOLUTION


# %% check="4.4"
weighted_ridge = check("4.4")

# %% [markdown]
# ## Does it find what is there?
#
# Test it where the truth is known. We plant a "network" that is linear in the pixels: it adds 3 for
# the rocket's tip, 1 for the tower on the left, takes off 2 for the lights in the corner, and
# ignores the rest. Hidden pieces become black. LIME must find these numbers *exactly*.

# %%
places = {"tip": (85, 112), "tower": (150, 47), "light": (208, 40)}  # row, column
at = [segments[place].item() for place in places.values()]
planted = torch.zeros(S)
planted[at] = torch.tensor([3.0, 1.0, -2.0])
brightness = torch.zeros(S).index_add_(0, segments.flatten(), rocket[0].sum(0).flatten())
probe = (planted / brightness)[segments]


def planted_network(images):
    """A score that is linear in the pixels: (M,3,H,W) → (M,)."""
    return (images.sum(1) * probe).sum((1, 2))


# %%
answers = planted_network(hide(rocket, 0 * rocket, segments, masks))
importance = kernel_weights(masks, 0.25)
found, _ = weighted_ridge(masks, answers, importance, 0.0)
shrunk, _ = weighted_ridge(masks, answers, importance, 1.0)
print(f"largest error: {(found - planted).abs().max():.0e} without ridge")
plot.pieces(
    rocket,
    segments,
    [planted, found, shrunk],
    ["planted", "found, λ = 0", "found, λ = 1 (lime's)"],
    "Without ridge the fit finds what was planted; with ridge all weights shrink.",
    "The rocket three times with the same three pieces tinted.",
    columns=3,
    strongest=3,
)

# %% [markdown]
# 80 samples and 47 unknowns, and the truth to the last digit, because this black box *is* linear.
# With λ = 1, lime's default, the values shrink. A photograph's network is not linear; from here on
# there is no truth to look up.
#
# One thing that this test has hidden: **what "hidden" means**. Paint a piece in its own mean colour
# and the planted network notices nothing, since it adds up brightness:

# %%
answers = planted_network(hide(rocket, hidden, segments, masks))
print(f"masks change the score by at most {(answers - answers[0]).abs().max():.0e}")

# %% [markdown]
# LIME then says, exactly and correctly, that *no* piece matters. A plain sky painted sky blue is
# the same picture. What a piece shares with its replacement cannot be seen; integrated gradients
# have the same blind spot with their baseline.

# %% [markdown]
# ## LIME on the network
#
# All steps together: 80 masked rockets, the logit of *missile*, your kernel, your ridge. Beside it
# the same with 1,000 samples, whose scores were computed beforehand (they take half a minute).
#
# **Predict:** will the two name the same pieces?

# %% tags=["long"]
scores = []
for part in tqdm(masks.split(8), desc="80 rockets"):
    scores.append(network(hide(rocket, hidden, segments, part))[:, MISSILE])
few, _ = weighted_ridge(masks, torch.cat(scores), kernel_weights(masks, 0.25), 1.0)


# %% tags=["cover"]
def stored_fit(seed, n, of="logits", width=0.25):
    """LIME on the first n stored samples of a seed: masks, scores, importance, weights, level."""
    masks = explain.lime_masks(S, 1000, seed).float()[:n]
    scores = torch.from_numpy(stored[of][seed, :n])
    importance = kernel_weights(masks, width)
    return masks, scores, importance, *weighted_ridge(masks, scores, importance, 1.0)


many = stored_fit(0, 1000)[3]
plot.pieces(
    rocket,
    segments,
    [few, many],
    ["80 samples", "1,000 samples"],
    "More samples change the weights, and which five pieces are the strongest.",
    "The rocket twice with five tinted pieces; its tip is magenta in both.",
)

# %% [markdown]
# The tip of the rocket leads in both, and what stands on the ground speaks *against* a missile.
# Then they part: with 80 samples a piece at the upper right is among the five, with 1,000 it is
# not. How many samples does it take until chance has no say? First the package, then the count.

# %% [markdown]
# ## The `lime` package
#
# `explain.lime_surrogate` is lime with the network asked in batches (`explain.lime_image` calls it
# and paints the pieces). Given the same masks it must give your numbers.

# %% tags=["long"]
theirs = explain.lime_surrogate(network, rocket, MISSILE, segments, n=80, seed=0)
print(f"largest difference from yours: {(theirs.weights - few).abs().max():.0e}")

# %% [markdown]
# Called directly, the package has habits to know: it takes **probabilities** of the five top
# classes; cuts with quickshift into a hundred pieces or more; asks the network for 10 pictures at a
# time; returns *R²* as `score`; and its `random_seed` argument fixes the pieces only, while the
# masks depend on `random_state`. And it trusts your segment numbers.
#
# Here is the trap of exercise 4.1, in lime itself. The planted network looks at *one* piece, the
# last. **Predict** what lime finds with the numbers 1 to 46.

# %%
from lime.lime_image import LimeImageExplainer


def looks_at_the_last_piece(pictures):
    """lime's form of a classifier: (M,H,W,3) → (M,2), "probabilities"."""
    last = (segments == S - 1).numpy()
    seen = pictures[:, last].mean((1, 2)) / rocket[0, :, last].mean().item()
    return np.stack([1 - seen, seen], 1)


def lime_itself(numbers):
    """The weight that lime gives to each of its S columns."""
    explanation = LimeImageExplainer(random_state=0).explain_instance(
        rocket[0].permute(1, 2, 0).numpy(),
        looks_at_the_last_piece,
        hide_color=0,
        num_samples=150,
        segmentation_fn=lambda image: numbers,
    )
    return torch.tensor([weight for _, weight in sorted(explanation.local_exp[1])])


# %%
both = [lime_itself(segments.numpy()), lime_itself(segments.numpy() + 1)]
plot.pieces(
    rocket,
    segments,
    both,
    ["numbered from 0", "numbered from 1"],
    "Numbered from 1, the only piece that counts has no column: lime finds nothing.",
    "The rocket twice: once the last piece is magenta, once every weight is 0.",
    strongest=1,
)

# %% [markdown]
# From 1, the piece on which everything depends was never hidden. All weights are 0, and there is no
# error message. In a real network, where every piece does a little, the map looks like any other,
# and the one piece is missing from it.

# %% [markdown]
# ## Ask again: another seed
#
# The same photograph, the same method; only the dice are thrown again.
#
# **Predict:** of the five strongest pieces, how many stay from seed to seed with 100 samples? With
# 1,000?


# %%
def resampled(seed):
    """The explanation with this seed, from 100 and from 1,000 samples."""
    fits = [stored_fit(seed, n)[3] for n in (100, 1000)]
    top = [set(fit.abs().topk(5).indices.tolist()) for fit in fits]
    caption = f"Seed {seed}: 100 and 1,000 samples share {len(top[0] & top[1])} of 5 pieces."
    alt = "The rocket twice with five tinted pieces"
    return plot.pieces(rocket, segments, fits, ["100 samples", "1,000 samples"], caption, alt)


widgets.slider(resampled, list(range(6)), "seed")

# %% [markdown]
# ### Exercise 4.5 · How well does it imitate?
#
# lime reports a weighted R²: 1 for a perfect imitation, 0 for one that is no better than the mean.
# Write `r_squared(scores, predictions, importance)`, all (M,): 1 − A/B, where A is the weighted sum
# of squares of scores − predictions and B that of scores − their *weighted* mean.


# %% exercise="4.5"
def r_squared(scores, predictions, importance):
    """Weighted R² of the predictions: three times (M,) → one number."""
    ### BEGIN SOLUTION
    mean = (importance * scores).sum() / importance.sum()
    left = (importance * (scores - predictions) ** 2).sum()
    return 1 - left / (importance * (scores - mean) ** 2).sum()
    ### END SOLUTION


# %% check="4.5"
r_squared = check("4.5")

# %% [markdown]
# Now measure, over the ten seeds and all pairs of them:
#
# - **agreement:** the share of the five strongest pieces that two seeds have in common;
# - **R² as lime reports it,** on the samples of the fit;
# - **R² on fresh samples,** those of another seed.
#
# **Predict** for each whether it rises or falls with the number of samples.


# %%
def stability(n, of="logits", width=0.25):
    """Agreement between seeds, R² on the samples of the fit and R² on fresh ones."""
    seeds = range(10)
    fits = [stored_fit(seed, n, of, width) for seed in seeds]
    fresh = [stored_fit((seed + 1) % len(seeds), 1000, of, width)[:3] for seed in seeds]
    top = [set(fit[3].abs().topk(5).indices.tolist()) for fit in fits]
    pairs = [len(top[i] & top[j]) / 5 for i in seeds for j in seeds if i < j]
    own = [r_squared(y, level + z @ w, p).item() for z, y, p, w, level in fits]
    other = [
        r_squared(y, level + z @ w, p).item() for (z, y, p), (*_, w, level) in zip(fresh, fits)
    ]
    return float(np.mean(pairs)), float(np.mean(own)), float(np.mean(other))


counts = [50, 100, 300, 1000]
names = ["agreement of the top 5", "R² as reported", "R² on fresh samples"]
table = dict(zip(names, zip(*(stability(n) for n in counts))))
caption = "The fit that lime reports falls while the explanation gets better."
plot.lines(counts, table, "samples", "agreement, R²", caption, log_x=True, ylim=(0, 1.05))

# %% [markdown]
# The number that lime reports is best where the explanation is worst.

# %% [markdown]
# ### Question 4.6 · The best fit
#
# With 50 samples lime reports its highest R², while two seeds agree least. Why?
#
# - **A** With few samples the linear model is nearest to the network.
# - **B** Almost as many numbers are fitted as there are samples: it can follow nearly anything.
# - **C** With few samples they lie nearer to the photograph.
# - **D** The network is more linear when it is asked less often.

# %% exercise="4.6"
### BEGIN SOLUTION
answer_4_6 = "B"
### END SOLUTION

# %% check="4.6"
check("4.6")

# %% [markdown]
# So report R² on samples that the fit has not seen, and run a second seed. And a stable answer is
# not a true one: with 1,000 samples all seeds agree, and the linear model still misses a sixth of
# what the network does. It is a plane laid on hills.

# %% [markdown]
# ## Logit or probability?
#
# lime asks for probabilities. The stored samples have both, for *missile* and for a class that the
# network does not believe in: why is this *not a matchstick*, p = 0.007?
#
# **Predict:** will logit and probability name the same pieces for missile? For matchstick?

# %%
kinds = {
    "missile, logit": "logits",
    "missile, probability": "probabilities",
    "matchstick, logit": "matchstick_logits",
    "matchstick, probability": "matchstick_probabilities",
}
both_scales = [stored_fit(0, 1000, of)[3] for of in kinds.values()]
top = [set(weights.abs().topk(5).indices.tolist()) for weights in both_scales]
same = len(top[0] & top[1]), len(top[2] & top[3])
plot.pieces(
    rocket,
    segments,
    both_scales,
    caption=f"Of 5 pieces the two scales share {same[0]} for missile and {same[1]} for matchstick.",
    alt="The rocket four times, with five tinted pieces each.",
    columns=["logit", "probability"],
    rows=["missile", "matchstick"],
    number="+.3f",
)

# %%
fits = {kind: stability(1000, of) for kind, of in kinds.items()}
plot.bars(
    [kind.replace(", ", "\n") for kind in fits],
    {"": [fresh for *_, fresh in fits.values()]},
    "R² on fresh samples",
    "A linear model imitates both logits well, and the probability of matchstick worst.",
)

# %%
figure = Figure(figsize=(6.4, 2.8), layout="constrained")
axes = figure.subplots(1, 2)
for axis, kind in zip(axes, list(kinds)[2:]):
    axis.hist(stored[kinds[kind]].ravel(), 40, color=plot.COLOURS[0])
    axis.set(xlabel=kind, ylabel="samples of 10,000")
axes[1].set_xlim(0, 0.2)
axes[1].axvline(0.05, color="black", linestyle="--")
axes[1].text(0.055, 3000, "0.05", fontsize=9)
small = (stored["matchstick_probabilities"] < 0.05).mean()
plot.picture(
    figure,
    f"{small:.0%} of the probabilities are below 0.05, whatever is hidden: there is little to fit.",
    "Histograms over 10,000 masked rockets: the logits of matchstick form a broad hill, its "
    "probabilities pile up at 0.",
)

# %% [markdown]
# ### Question 4.7 · Two scales
#
# Why is the linear model a poor imitation of the probability of *matchstick*?
#
# - **A** Probabilities are computed with larger rounding errors.
# - **B** Probabilities lie between 0 and 1, and ridge regression cannot fit small numbers.
# - **C** For most masks p is almost 0, whatever is hidden: the softmax has flattened what the
#   pieces do.
# - **D** The kernel gives other weights when probabilities are explained.

# %% exercise="4.7"
### BEGIN SOLUTION
answer_4_7 = "C"
### END SOLUTION

# %% check="4.7"
check("4.7")

# %% [markdown]
# The table from above once more, for the probability of *matchstick*. At 50 samples lime reports a
# fit that anybody would trust, of a model that knows next to nothing:

# %%
table = dict(zip(names, zip(*(stability(n, "matchstick_probabilities") for n in counts))))
caption = "With 50 samples the reported fit promises much of a model that knows next to nothing."
plot.lines(counts, table, "samples", "agreement, R²", caption, log_x=True, ylim=(0, 1.05))

# %% [markdown]
# There is a second difference. A piece can raise the probability of *missile* by lowering a rival.
# The logit does not know rivals; the probability mixes them in. Ask for the logit to learn what
# speaks for a class, for the probability to learn what decides between classes.

# %% [markdown]
# ## What does "local" mean here?
#
# In the first picture the kernel width decided how far the line reaches. Here is what lime's kernel
# does with its samples. **Predict:** how many of 1,000 samples really count at width 0.25?

# %%
z = explain.lime_masks(S, 1000, seed=0).float()
share_hidden = 1 - z.mean(1)
widths = [0.01, 0.02, 0.05, 0.1, 0.25, 1.0]
effective = []
for width in widths:
    w = kernel_weights(z[1:], width).double()
    effective.append((w.sum() ** 2 / (w**2).sum()).item())
nearest = share_hidden[1:].min()
print(
    f"hidden: {nearest:.0%} of the pieces in the nearest sample, {share_hidden.max():.0%} at most"
)

# %%
plot.lines(
    widths,
    {"": effective},
    "kernel width",
    "samples that count, (Σw)²/Σw²",
    "At lime's width nearly all samples count; a narrow kernel leaves a handful.",
    log_x=True,
    line=(999, "all"),
    number=".0f",
)

# %% [markdown]
# At 0.25 nearly all of them count: each mask hides about half of the pieces, all are about equally
# far away, and the kernel is almost a constant. LIME's neighbourhood of a photograph is "half of it
# is gone".
#
# A narrow kernel does not bring it nearer. There are no near samples to prefer, only fewer that
# count:

# %%
narrow = [stability(1000, width=width) for width in widths[2:]]
plot.lines(
    widths[2:],
    dict(zip(names, zip(*narrow))),
    "kernel width",
    "agreement, R²",
    "A narrow kernel does not make LIME local; it makes it less stable, and a worse fit.",
    log_x=True,
    ylim=(-0.05, 1.05),
)

# %% [markdown]
# To be local one would have to *draw* local samples: hide three pieces, not twenty-three. The
# package does not offer it; with your own masks it is one line.

# %% [markdown]
# ## Who cut the picture?
#
# The pieces were our choice, not the network's. Three ways to cut the coffee into about 16 pieces,
# 80 masks each. **Predict:** does "what made it an espresso" survive the knife?

# %% tags=["long"]
rows = torch.arange(224) // 56
cuts = {
    "compact": explain.superpixels(coffee, 18, 20),
    "along colours": explain.superpixels(coffee, 22, 3),
    "squares": 4 * rows[:, None] + rows[None, :],
}
maps = [
    explain.lime_image(network, coffee, ESPRESSO, cut, n=80)
    for cut in tqdm(cuts.values(), desc="cuts")
]


# %%
def outlined(image, cut):
    """The picture with pale lines between its pieces."""
    between = (cut != cut.roll(1, 0)) | (cut != cut.roll(1, 1))
    return torch.where(between, 0.5 + 0.5 * image, image)


plot.heatmaps(
    maps,
    [f"{name}\n{int(cut.max()) + 1} pieces" for name, cut in cuts.items()],
    "One picture, one network, three ways to cut. Squares cannot tell the coffee from the wall.",
    "The coffee, and three times its pieces tinted by their weight for espresso.",
    photograph=coffee,
    over=torch.cat([outlined(coffee, cut) for cut in cuts.values()]),
    signed=True,
)

# %% [markdown]
# All three point into the cup. But is it the coffee, or the white wall behind it? The first two
# answer; the squares cannot, because wall and coffee share a piece. LIME's answer is written in the
# alphabet that the segmentation gives it.

# %% [markdown]
# ## A text
#
# Nothing so far was about pictures. For a text the pieces are words; hiding means leaving out.
#
# Forty-eight reviews of a café, written for this course; a classifier on word counts (TF-IDF) with
# logistic regression. Then a review that it has not seen.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

lines = (DATA / "04_lime" / "reviews.tsv").read_text(encoding="utf-8").splitlines()
opinions, reviews = zip(*(line.split("\t") for line in lines))
reader = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10)).fit(reviews, opinions)
new = "Lovely cake and a kind waiter, even on a Monday."
print(f"“{new}”  →  {reader.predict([new])[0]}, p = {reader.predict_proba([new]).max():.2f}")

# %% [markdown]
# An unhappy guest? **Predict** which word did it.


# %%
words = explain.lime_text(reader.predict_proba, new, target=1, n=1000)
caption = f"The word that decides is “{words[0][0]}”."
plot.barh({"": words}, "weight for “unhappy”", caption, number="+.2f", signed=True)

# %% [markdown]
# *Monday.* In these reviews guests who complain often came on a Monday, guests who praise never
# did. The classifier is right on what it was given and wrong about cafés. LIME has shown it with
# one sentence: it is good at finding such leaks, because here the pieces (words) are those that the
# classifier uses itself.

# %% [markdown]
# ## A table
#
# For a table, lime cuts each feature at its quartiles. A sample keeps the row's quartile or moves
# to another. So a weight says what *staying in this range* adds, compared with the rest of the
# data, not what a small change would do.

# %%
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier

wine = load_wine()
forest = RandomForestClassifier(100, random_state=0).fit(wine.data, wine.target)
bottle = wine.data[1]
p = forest.predict_proba([bottle])[0]
reasons = explain.lime_table(
    forest.predict_proba, wine.data, bottle, int(p.argmax()), wine.feature_names, n=2000
)
ranges = [(name.replace("<=", "≤").replace("_", " "), w) for name, w in reasons[:8]]
plot.barh(
    {"": ranges},
    f"weight for class {p.argmax()}",
    f"Why class {p.argmax()}, p = {p.max():.2f}: each reason is a range that this wine lies in.",
    number="+.2f",
    signed=True,
)

# %% [markdown]
# Its kernel width is 0.75 √D, and the largest distance between two rows is √D. So even a sample
# with *every* feature changed keeps the weight exp(−1/(2 · 0.75²)) = 0.41: once more the
# neighbourhood is the whole table.
#
# Change a correlated feature and the row may be a wine that nobody has ever made. The forest
# answers all the same, and LIME fits that too.

# %% [markdown]
# ## One simple model for everything
#
# If a simple model can imitate a network near one input, can it imitate it *everywhere*? That is a
# **global surrogate**, and it takes us back to the first lesson: Plumlings (PNG, transparent) and
# Shardlings (JPEG, on white), and a small network that tells them apart. One network gets the files
# opened carelessly (transparent becomes black), one gets all of them on white.


# %%
from PIL import Image


def creatures(careless):
    """All 800 creatures as (N,3,16,16) and their family, 0 or 1."""
    pictures, families = [], []
    for family, name in enumerate(("plumlings", "shardlings")):
        for file in sorted((DATA / "creatures" / name).iterdir()):
            with Image.open(file) as opened:  # load.image puts transparent pixels on white
                picture = opened.convert("RGB") if careless else opened
                pictures.append(load.image(picture, 16))
            families.append(family)
    return torch.cat(pictures), torch.tensor(families)


order = torch.randperm(800, generator=torch.Generator().manual_seed(0))
train, held_out = order[:600], order[600:]


# %%
def trained(images, families, epochs=10):
    """A small CNN, trained on the first 600 creatures; its logits for all."""
    torch.manual_seed(0)
    first = nn.Conv2d(3, 12, 3), nn.ReLU(), nn.MaxPool2d(2)
    second = nn.Conv2d(12, 24, 3), nn.ReLU(), nn.Flatten()
    cnn = nn.Sequential(*first, *second, nn.Linear(24 * 25, 2))
    optimiser = torch.optim.Adam(cnn.parameters(), 3e-3)
    for _ in tqdm(range(epochs), desc="epochs", leave=False):
        for batch in train[torch.randperm(600)].split(50):
            optimiser.zero_grad()
            F.cross_entropy(cnn(images[batch]), families[batch]).backward()
            optimiser.step()
    with torch.no_grad():
        return cnn(images)


# %% [markdown]
# The surrogate may use six simple features that a person can name. It never sees the families: it
# is trained on the *network's* decisions.

# %%
FEATURES = ["corners", "brightness", "colourfulness", "redness", "contrast", "edges"]


def simple_features(images):
    """Six numbers a picture: (N,3,16,16) → (N,6)."""
    gray = images.mean(1)
    return torch.stack(
        [
            images[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].mean((1, 2)),
            gray.mean((1, 2)),
            (images.amax(1) - images.amin(1)).mean((1, 2)),
            (images[:, 0] - gray).mean((1, 2)),
            gray.flatten(1).std(1),
            gray.diff(dim=1).abs().mean((1, 2)),
        ],
        dim=1,
    )


# %% [markdown]
# ### Exercise 4.8 · Fidelity
#
# How good is a surrogate? Write `fidelity(network, surrogate, labels)`: scores of both, (N,C), and
# the true classes (N,). Return the share of pictures on which the surrogate decides as the network
# does, a number from 0 to 1.


# %% exercise="4.8"
def fidelity(network, surrogate, labels):
    """Share of pictures on which the surrogate takes the network's decision."""
    ### BEGIN SOLUTION
    return (network.argmax(1) == surrogate.argmax(1)).float().mean()
    ### END SOLUTION


# %% check="4.8"
fidelity = check("4.8")

# %% tags=["long"]
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, export_text

results, fitted, right, asked = {}, {}, {}, {}
for kind in ("careless", "on white"):
    images, families = creatures(kind == "careless")
    logits, x = trained(images, families), simple_features(images).numpy()
    asked[kind] = logits, x
    right[kind] = (logits.argmax(1) == families)[held_out].float().mean().item()
    for name, model in {
        "linear": make_pipeline(StandardScaler(), LogisticRegression()),
        "tree, 1 split": DecisionTreeClassifier(max_depth=1, random_state=0),
        "tree, 3 levels": DecisionTreeClassifier(max_depth=3, random_state=0),
    }.items():
        model.fit(x[train], logits.argmax(1)[train])
        imitation = torch.tensor(model.predict_proba(x[held_out]))
        share = fidelity(logits[held_out], imitation, families[held_out])
        results.setdefault(name, []).append(float(share))
        fitted[kind, name] = model

# %%
plot.bars(
    [f"{kind}\n(the network is right on {right[kind]:.0%})" for kind in right],
    results,
    "fidelity on held-out creatures",
    "One question imitates the careless network without a mistake.",
    line=(0.5, "guessing"),
)

# %%
for kind in right:
    print(f"{kind} (class 0 is Plumlings, 1 is Shardlings):")
    print(export_text(fitted[kind, "tree, 1 split"], feature_names=FEATURES))

# %% [markdown]
# The careless network is imitated *perfectly* by one question: is the picture bright? Most of a
# picture is background, black for one family and white for the other. A tree of one split has
# unmasked the network.
#
# The network that sees all creatures on white is imitated too, mostly by one feature, but not on
# all of them, and a deeper tree does no better: our six features lack what it uses on the rest.
#
# **Predict:** would a tree that may see the corners only be less faithful than the one above?

# %%
alone = {}
for kind, (logits, x) in asked.items():
    decisions = logits.argmax(1)
    alone[kind] = []
    for feature in range(len(FEATURES)):
        stump = DecisionTreeClassifier(max_depth=1).fit(x[train, feature, None], decisions[train])
        same = stump.predict(x[held_out, feature, None]) == decisions[held_out].numpy()
        alone[kind].append(same.mean())
plot.bars(
    FEATURES,
    alone,
    "fidelity of one split",
    "Where two features are equally faithful, fidelity cannot say which one the network uses.",
    line=(0.5, "guessing"),
)

# %% [markdown]
# Corners and brightness are both perfect, and no measure of fidelity can say which one the network
# uses: on these pictures they always go together. A surrogate with high fidelity tells a
# *sufficient* story. To learn whether it is the network's own, change one feature without the other
# and ask the network, as you did when you swapped the file formats in lesson 01.

# %% [markdown]
# ## A network of your own
#
# LIME only asks for predictions, so it works on anything. Name another network here: any
# torchvision
# classifier, or the checkpoint of the food homework. For a picture of your own use `load.image`.

# %%
NETWORK = "efficientnet_lite0"  # or any torchvision classifier, or the homework's "checkpoint.pth"

mine = load.network(NETWORK)
side = 128 if NETWORK.endswith(".pth") else 224  # the food CNN's pictures are smaller
picture = F.interpolate(load.photograph("coffee"), (side, side), mode="bilinear", antialias=True)
(seen, p), *_ = load.top_classes(mine, picture)[0]
pieces = explain.superpixels(picture, 30, 20)
my_map = explain.lime_image(mine, picture, load.class_index(mine, seen), pieces, n=60)
plot.heatmaps(
    my_map,
    [f"{seen}, p = {p:.2f}"],
    "What speaks for this network's answer, and what against it. 60 samples are few: ask again "
    "with a second seed.",
    "The coffee, and the coffee with its pieces tinted.",
    photograph=picture,
    over=picture,
    signed=True,
)

# %% [markdown]
# ## What to take away
#
# - LIME: hide pieces at random, ask, weight by nearness, fit a line. It needs no gradient.
# - Number the pieces from 0, explain the logit, use 1,000 samples and a second seed.
# - The reported R² flatters small samples; judge on fresh ones.
# - Its "local" means half of the picture hidden, whatever the kernel says.
# - Pieces and their replacement are choices that shape the answer.
# - A global surrogate is judged by its fidelity to the network, not by its accuracy.

# %% [markdown]
# ## How far am I?

# %% check="score"
score("04")
