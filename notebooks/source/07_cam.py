# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 · CAM and Grad-CAM
#
# Saliency asks every pixel. This lesson asks the network's last layers, where pixels have become
# *features*: which of them made the score, and where in the photograph do they sit?
#
# The maps are coarse, calm and cheap. You will write three of them, prove when two are the same,
# find out when they mislead, and let one teach you something that you did not know.
#
# You need: gradients of a logit (lesson 02). About 80 minutes.

# %% [markdown] slide="notes"
# Draw the last layers on the board first: features, mean, linear. Everything in the first half is
# one exchange of two sums; let the room find it before the formula is shown.

# %% tags=["setup"]
import copy
import json
import runpy
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from tqdm.auto import tqdm

import helpers
from grading.notebook import check, panel, score
from helpers import explain, load, plot, side_by_side, widgets

DATA = Path(helpers.__file__).parents[1] / "data"
network = load.network()
photographs = load.photographs()
panel("07")

# %% [markdown]
# ## The mean over all places
#
# Our network turns a photograph of 224 × 224 pixels into **features**: 1,280 channels of 7 × 7
# places. Then come only two steps:
#
# 1. **global average pooling** (GAP): each channel $A_k$ becomes one number, its mean;
# 2. a linear layer: $z_c = \sum_k w_{ck}\,\overline{A_k} + b_c$.
#
# Older networks flattened the features into one long row instead, and put fully connected layers
# on it: 62,720 numbers a class instead of 1,280.

# %%
cat = photographs["cat"]
EGYPTIAN = load.class_index(network, "Egyptian cat")
last, head = network.features[-1], network.classifier[-1]


def features_of(images):
    """What the last convolution sees in each picture: (N,3,H,W) → (N,1280,h,w)."""
    with torch.no_grad(), explain.captured(last) as outputs:
        network(images)
    return outputs[0].detach().cpu()


features = features_of(cat)
weights, bias = (p.detach().cpu() for p in (head.weight, head.bias))
print("features", tuple(features.shape), "weights", tuple(weights.shape))

# %% [markdown]
# ## Exchange two sums
#
# The mean and the sum over the channels may change places:
#
# $$z_c - b_c = \sum_k w_{ck} \frac{1}{hw}\sum_{ij} A_{kij}
#  = \frac{1}{hw}\sum_{ij} \underbrace{\sum_k w_{ck} A_{kij}}_{M_c(i,j)}$$
#
# So the logit *is* the mean of a map. $M_c$ is the **class activation map** (CAM; Zhou et al.,
# 2016): how much each place gives to class $c$. No gradient, no second pass.
#
# **Predict:** for *Egyptian cat*, which part of the cat gives most?

# %% [markdown]
# ### Exercise 7.1 · CAM
#
# Write `cam(features, weights, target)`. `features` has shape (N,K,h,w); `weights` (C,K) has one
# row a class. Return $M_c$ of the target, with its sign, shape (N,h,w).


# %% exercise="7.1"
def cam(features, weights, target):
    """Class activation map: features (N,K,h,w), weights (C,K) → (N,h,w)."""
    ### BEGIN SOLUTION
    return (weights[target][:, None, None] * features).sum(1)
    ### END SOLUTION


# %% check="7.1"
cam = check("7.1")

# %%
cat_map = cam(features, weights, EGYPTIAN)
logit = network(cat)[0, EGYPTIAN].item()
print(f"mean of the map + bias: {cat_map.mean() + bias[EGYPTIAN]:.3f}   the logit: {logit:.3f}")


def enlarged(maps, size=(224, 224)):
    """A coarse map as large as the picture, for the eye: (N,h,w) → (N,1,H,W)."""
    return F.interpolate(maps[:, None].float(), size, mode="bilinear")


squares = F.interpolate(cat_map[:, None], (224, 224), mode="nearest")
plot.heatmaps(
    [squares.clamp(min=0), enlarged(cat_map.clamp(min=0))],
    ["CAM: 7 × 7 numbers", "the same, enlarged"],
    "For Egyptian cat the cheek and the nose count most. The right map looks finer than it is.",
    "The cat; its map as 49 squares; its map as smooth hills, strongest on the cheek below the "
    "left eye and around the nose.",
    photograph=cat,
    over=cat,
)

# %% [markdown]
# The right picture looks finer than it is. There are 49 numbers; the smooth hills are drawn by the
# interpolation. Each number also has seen far more of the photograph than its square: the
# **receptive field** of the last layer is larger than the whole picture.

# %%
names = ["coffee", "rocket", "flower", "palace"]
pictures = torch.cat([photographs[name] for name in names])
best = network(pictures).argmax(1).tolist()
maps = torch.cat([cam(features_of(p[None]), weights, t) for p, t in zip(pictures, best)])
plot.heatmaps(
    enlarged(maps.clamp(min=0)),
    caption="Each map lies on or around the thing itself: cup, rocket, flower, tower.",
    alt="The map lies on the cup's inside, on both sides of the rocket, on the flower, on the "
    "tower and the sky beside it.",
    above=pictures,
    over=pictures,
    columns=[network.classes[t] for t in best],
    rows=["picture", "CAM"],
)

# %% [markdown]
# ### Question 7.2 · What the mean buys
#
# A network ends in features 512 × 8 × 8, GAP, and a linear layer to 11 classes. Somebody flattens
# the features instead and lets the linear layer see all of them. What happens?
#
# - **A** The class activation map gets sharper, because every place has weights of its own.
# - **B** The network cares less about where in the picture a thing is.
# - **C** It has 64 times as many weights there, and takes pictures of one size only.
# - **D** Nothing: a linear layer can compute the mean too, so training finds the same network.

# %% exercise="7.2"
### BEGIN SOLUTION
answer_7_2 = "C"
### END SOLUTION

# %% check="7.2"
check("7.2")

# %% [markdown]
# ## One picture, several classes
#
# The network takes any size, so we put four photographs together: 448 × 448 pixels, 14 × 14
# places. The features are computed once; each class only weighs them differently.
#
# **Predict:** what will the other three look like in the map of *Egyptian cat*?

# %% tags=["cover"]
four = [photographs[name] for name in ("cat", "coffee", "rocket", "flower")]
mosaic = torch.cat([torch.cat(four[:2], dim=3), torch.cat(four[2:], dim=3)], dim=2)
mosaic_features = features_of(mosaic)
classes = ["Egyptian cat", "espresso", "missile", "daisy"]
asked = [load.class_index(network, name) for name in classes]
mosaic_maps = torch.cat([cam(mosaic_features, weights, target) for target in asked])
plot.heatmaps(
    enlarged(mosaic_maps, (448, 448)),
    classes,
    "Each class finds its own photograph; the others count for nothing, or against it.",
    "Four times four photographs in one picture; each time another one is magenta. Blue stripes "
    "lie on the cup for Egyptian cat, on cat and rocket for daisy.",
    signed=True,
    over=mosaic,
)

# %% [markdown]
# ## One channel a class
#
# Go one step further (Lin et al., *Network in Network*, 2013): a last convolution with **one
# channel a class**, and the mean of channel $c$ is the logit of class $c$. Nothing has to be
# weighted any more: the network's own last layer *is* the set of maps.
#
# Ours can be rebuilt that way without training. A linear layer at every place is a 1 × 1
# convolution.

# %%
by_class = nn.Conv2d(1280, 1000, kernel_size=1)
by_class.load_state_dict({"weight": weights[:, :, None, None], "bias": bias})
with torch.no_grad():
    thousand_maps = by_class(mosaic_features)
rebuilt = thousand_maps.mean((2, 3))
print("maps", tuple(thousand_maps.shape))
print(f"largest difference of a logit: {(rebuilt - network(mosaic).cpu()).abs().max():.1e}")

# %% [markdown]
# ## Move the flower
#
# The mean forgets *where*. And convolutions move with the picture. So a shifted flower should get
# the same score and a shifted map.
#
# **Predict:** what happens when the flower moves by 8 pixels, a quarter of one of the map's
# squares?

# %%
small = F.interpolate(photographs["flower"], 128, mode="bilinear", antialias=True)
DAISY = load.class_index(network, "daisy")


def moved(offset):
    """The small flower on a gray sheet of 224 × 256, `offset` pixels from the left."""
    sheet = torch.full((1, 3, 224, 256), 0.3)
    sheet[:, :, 48:176, offset : offset + 128] = small
    return sheet


sheets = torch.cat([moved(offset) for offset in (0, 40, 80, 120)])
flower_maps = cam(features_of(sheets), weights, DAISY)

# %%
plot.heatmaps(
    enlarged(flower_maps.clamp(min=0), (224, 256)),
    caption="The map moves along with the flower.",
    alt="A small flower on a gray sheet, four times, farther and farther to the right; below, the "
    "same with a magenta spot on the flower.",
    above=sheets,
    over=sheets,
    columns=[f"moved by {offset}" for offset in (0, 40, 80, 120)],
    rows=["picture", "CAM"],
)

# %%
offsets = list(range(0, 129, 8))
with torch.no_grad():
    logits = torch.cat([network(moved(offset))[:, DAISY] for offset in offsets]).tolist()
plot.lines(
    offsets,
    {"logit of daisy": logits},
    "moved by (pixels)",
    "logit",
    "The mean ignores places; the logit wanders all the same, lowest at 32, 64 and 96 pixels.",
)

# %% [markdown]
# The map follows. The score wanders and comes back every 32 pixels: each of the five layers of
# stride 2 keeps one place of four, and *which* one depends on the shift; after 32 pixels the same
# grid is met again (the two ends differ: there the border helps or hurts). Pooling brings tolerance
# to shifts, not invariance.

# %% [markdown]
# ## Any layer, any head: Grad-CAM
#
# CAM needs a GAP head and the last layer. **Grad-CAM** (Selvaraju et al., 2017) gets the weights
# from a gradient instead. The weight of channel $k$ is the mean gradient of the logit over its
# places,
#
# $$\alpha_k = \frac{1}{hw}\sum_{ij}\frac{\partial z_c}{\partial A_{kij}},\qquad
# M(i,j) = \sum_k \alpha_k A_{kij}.$$
#
# It works at any convolution of any network.

# %% [markdown]
# ### Exercise 7.3 · Grad-CAM
#
# Write `gradcam(features, head, target)`. `features` (N,K,h,w) is what a layer gave; `head` is all
# that follows: a function from features to logits (N,C). Return $M$ with its sign, shape (N,h,w).
# The features you were given must stay as they are.


# %% exercise="7.3"
def gradcam(features, head, target):
    """Grad-CAM of features (N,K,h,w) and what follows them → (N,h,w)."""
    ### BEGIN SOLUTION
    features = features.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(head(features)[:, target].sum(), features)
    alpha = gradient.mean((2, 3), keepdim=True)
    return (alpha * features.detach()).sum(1)
    ### END SOLUTION


# %% check="7.3"
gradcam = check("7.3")

# %% [markdown]
# ## Two maps, one idea
#
# What does Grad-CAM give on the last layer of a GAP network? You can tell without a computer.

# %% [markdown]
# ### Exercise 7.4 · The gradient on paper
#
# The logit is $z_c = \sum_k w_{ck}\frac{1}{hw}\sum_{ij}A_{kij} + b_c$. Write
# `gap_gradient(weights, target, h, w)`: the gradient of the target's logit with respect to
# features (K,h,w), worked out by hand. `weights` has shape (C,K); return (K,h,w).


# %% exercise="7.4"
def gap_gradient(weights, target, h, w):
    """Gradient of a GAP head's logit with respect to its features: (C,K) → (K,h,w)."""
    ### BEGIN SOLUTION
    return (weights[target] / (h * w))[:, None, None].expand(-1, h, w)
    ### END SOLUTION


# %% check="7.4"
gap_gradient = check("7.4")


# %%
def gap_head(features):
    """What follows our network's features, written out."""
    return features.mean((2, 3)) @ weights.T + bias


by_gradient = gradcam(features, gap_head, EGYPTIAN)
by_hand = (gap_gradient(weights, EGYPTIAN, 7, 7) * features).sum(1)
for name, other in {"Grad-CAM × 49": 49 * by_gradient, "by hand × 49": 49 * by_hand}.items():
    error = (other - cat_map).abs().max() / cat_map.abs().max()
    print(f"{name}: differs from CAM by {error:.0e} of its largest value")

# %% [markdown]
# $\alpha_k = w_{ck}/(hw)$, so **CAM = Grad-CAM × hw**, exactly, on every GAP network. Grad-CAM
# is CAM's generalisation to networks where no weight can be read off. What it becomes *there* is a
# question of its own; we come to it.

# %% [markdown]
# ## Down the layers
#
# Now Grad-CAM at other layers of the same network, for the cat.
#
# **Predict:** deeper layers know more about cats, shallow ones more about places. At which depth is
# the map most useful?

# %%
depths = [3, 5, 7, 10, 12, 15, 18, 21]


def at_depth(i):
    layer_map = explain.gradcam(network, cat, EGYPTIAN, network.features[i])
    h, w = layer_map.shape[-2:]
    falling = layer_map.clamp(min=0).flatten().sort(descending=True).values.cumsum(0)
    half = (falling < falling[-1] / 2).float().mean()
    shown = F.interpolate(layer_map.clamp(min=0), (224, 224), mode="nearest")
    return plot.heatmaps(
        [shown[0]],
        [f"Grad-CAM at features[{i}]"],
        f"Half of this map lies on {half:.0%} of its {h} × {w} places.",
        "The cat, and the cat under its map.",
        photograph=cat,
        over=cat,
    )


widgets.slider(at_depth, depths, "layer")

# %% [markdown]
# Near the input the map is an edge detector's. Half-way it is scattered: one weight a channel must
# do for the whole picture, although the same edge can speak for the class here and against it
# there. Only near the end do channels mean something that has one sign everywhere.

# %% [markdown]
# ## Why the logit, why the ReLU?
#
# **The logit**, as in lesson 02: the probability's gradient carries the factor $1-p_c$ and mixes in
# all other classes; an almost certain network has no map left.
#
# **The ReLU.** The paper keeps $\max(M, 0)$. We have returned the signed map so far and cut it for
# the eye. Here is what the cut removes.

# %%
signed = mosaic_maps[3:]  # daisy
plot.heatmaps(
    enlarged(torch.cat([signed, signed.clamp(min=0)]), (448, 448)),
    ["daisy, signed", "daisy, after the ReLU"],
    "The ReLU takes away what speaks against the class.",
    "Four photographs in one: the flower is magenta, places on the cat and the rocket are striped "
    "blue; then the same without blue.",
    over=mosaic,
    signed=True,
)

# %% [markdown]
# ### Question 7.5 · What does the ReLU throw away?
#
# - **A** Noise: values too small to mean anything.
# - **B** Places that speak against the class, often because they speak for another one.
# - **C** Channels that the class does not use.
# - **D** Places of which the network is not sure.

# %% exercise="7.5"
### BEGIN SOLUTION
answer_7_5 = "B"
### END SOLUTION

# %% check="7.5"
check("7.5")

# %% [markdown]
# ## The relatives
#
# Four ways to weigh the channels differently:
#
# - **Grad-CAM++**: positive gradients only, averaged so that small objects count more;
# - **Layer-CAM**: no mean; each place keeps its own positive gradient;
# - **HiRes-CAM**: no mean; each place keeps its own gradient;
# - **Score-CAM**: no gradient; show the network only the places where a channel is strong, and use
#   the score. One pass a channel (here the 64 strongest).
#
# **Predict:** which two are identical on the last layer?

# %% tags=["long"]
RELATIVES = {
    "Grad-CAM": explain.gradcam,
    "Grad-CAM++": explain.gradcam_plus_plus,
    "Layer-CAM": explain.layercam,
    "HiRes-CAM": explain.hirescam,
    "Score-CAM": explain.scorecam,
}
found, seconds = {}, {}
for i in tqdm([21, 14], desc="layers"):
    for name, method in RELATIVES.items():
        started = time.perf_counter()
        found[i, name] = method(network, cat, EGYPTIAN, network.features[i]).clamp(min=0)
        seconds[i, name] = time.perf_counter() - started


# %%
def relatives_at(i, caption, alt):
    """The five maps at layer i, over the cat."""
    maps = [F.interpolate(found[i, name], (224, 224)) for name in RELATIVES]
    return plot.heatmaps(maps, [*RELATIVES], caption, alt, photograph=cat, over=cat, columns=3)


relatives_at(
    21,
    "At the last layer the five relatives nearly agree.",
    "The cat, and five times nearly the same squares over its face.",
)

# %%
relatives_at(
    14,
    "At layer 14 the five relatives point at different places.",
    "The cat; four maps mark a few squares each, not the same ones, Score-CAM nearly everything.",
)

# %%
controls = {"Sobel": explain.sobel(cat), "random": explain.random_map(cat)}
agreement = {"layer 21": [], "layer 14": []}
for i, values in zip((21, 14), agreement.values()):
    first = found[i, "Grad-CAM"]
    others = [found[i, name] for name in list(RELATIVES)[1:]]
    others += [F.adaptive_avg_pool2d(m, first.shape[-2:]) for m in controls.values()]
    values += [explain.rank_correlation(first, m).item() for m in others]
slowest = seconds[21, "Score-CAM"] / seconds[21, "Grad-CAM"]
print(f"Score-CAM took {slowest:.0f} times as long as Grad-CAM.")
plot.bars(
    [*list(RELATIVES)[1:], *controls],
    agreement,
    "rank correlation with Grad-CAM",
    "The relatives are one family at the last layer only. (1 is the same order, 0 unrelated.)",
)

# %% [markdown]
# On the last layer of a GAP network the gradient is the same at every place, so there is nothing to
# average away: Grad-CAM and HiRes-CAM are one map. Below, they are different methods with similar
# names. Agreement shows that methods resemble each other; not that they are right.

# %% [markdown]
# ## Put to the test
#
# **Deletion**: take pixels away, those that the map calls strongest first, and watch the
# probability fall; fast is good. **Insertion**: start from nothing, put the strongest in first, and
# watch it rise; fast is good.
#
# What is "away"? Gray squares are a picture nobody trained on; a blur is milder but leaves colours.
# So use both, and never without controls: Sobel, random, and a blob in the **centre** that has seen
# neither network nor picture.
#
# **Predict:** can a 7 × 7 map beat the gradient's 50,176 pixels?

# %% tags=["long"]
TESTS = {
    "deletion, gray": (explain.deletion, 0.5),
    "deletion, blur": (explain.deletion, "blur"),
    "insertion, blur": (explain.insertion, "blur"),
}
both = torch.cat([cat, photographs["coffee"]])
their = network(both).argmax(1)
rivals = {
    "Grad-CAM": explain.gradcam(network, both, their, last).clamp(min=0),
    "gradient": explain.gradient(network, both, their),
    "Sobel": explain.sobel(both),
    "centre": explain.centre(both),
    "random": explain.random_map(both),
}
curves = {}
for test, (measure, fill) in tqdm(TESTS.items(), desc="tests"):
    for name, m in rivals.items():
        curve = measure(network, both, their, m, steps=6, fill=fill)
        curves[test, name] = (curve / curve.amax(1, keepdim=True)).mean(0).tolist()

# %%
plot.bars(
    list(TESTS),
    {name: [float(np.mean(curves[test, name])) for test in TESTS] for name in rivals},
    "mean height of the curve",
    "Deletion: low is good. Insertion: high is good. Two tests, two verdicts.",
)

# %% [markdown]
# On these two pictures Grad-CAM does no better than *random* pixels by deletion, under either fill;
# by insertion it beats random and Sobel by far, and *not the blob in the middle*, which never saw
# the pictures. Scattered holes spoil the texture everywhere, one clean hole leaves the rest of the
# cup; and any compact region over the middle is enough to be recognised.
#
# Two pictures are two pictures. On 42 others, measured once, Grad-CAM was better than random by
# deletion on 33 (gray) and 38 (blur), and by insertion .59 against Sobel's .53 and random's .33. So
# say which test, which fill, how many pictures, and what the controls got.

# %% [markdown]
# ## "It looks at the object"
#
# The favourite praise of a map. It has a number: the share of pictures whose *strongest place* lies
# in the box that somebody drew round the object. Measured once, on 300 pictures with boxes, all
# named right by this network (`data/measure_boxes.py` does it for a folder of yours):
#
# | strongest place in the box | |
# |---|---|
# | Grad-CAM | 82 % |
# | a blob in the middle | **75 %** |
# | SmoothGrad | 73 % |
# | occlusion | 69 % |
# | gradient | 58 % |
# | Sobel | 57 % |
# | Integrated Gradients | 52 % |
# | random | 44 % |
#
# Photographers put things in the middle. A map that "finds the object" must beat the *middle*, and
# of these only Grad-CAM does. That the others miss the box need not make them wrong: a network may
# look elsewhere.

# %% [markdown]
# ## A network whose reason we know
#
# Nobody can say what *really* made a photograph an espresso. So build a case where we know. In the
# pictures below the class is the colour of the square in the **top left corner**. Squares elsewhere
# mean nothing. There is no GAP: the features are flattened, and every place has weights of its own.
#
# The script `data/make_planted_patch.py` draws the pictures and trains the network.

# %% tags=["long"]
planted = runpy.run_path(str(DATA / "make_planted_patch.py"))
flat = planted["trained"]("flat")
squares, colours, regions = planted["pictures"](64, 1, "flat")
accuracy = (flat(squares).argmax(1) == colours).float().mean()
print(f"right on {accuracy:.0%} of 64 new pictures")
plot.images(
    squares[:4],
    [("red", "green", "blue")[c] for c in colours[:4]],
    "The class is the colour of the top left square; the other squares mean nothing.",
    "Four small pictures, each with several coloured squares, some overlapping; one is in the top "
    "left corner.",
)

# %% [markdown]
# Grad-CAM gives each channel **one** weight for all places. But here the red channel counts in the
# corner and nowhere else. **HiRes-CAM** leaves the mean out:
#
# $$M(i,j) = \sum_k \frac{\partial z_c}{\partial A_{kij}}\, A_{kij}$$

# %% [markdown]
# ### Exercise 7.6 · HiRes-CAM
#
# Write `hirescam(features, head, target)`, same arguments as `gradcam`: gradient times features,
# place by place, channels added up. Return (N,h,w) with its sign.


# %% exercise="7.6"
def hirescam(features, head, target):
    """HiRes-CAM of features (N,K,h,w) and what follows them → (N,h,w)."""
    ### BEGIN SOLUTION
    leaf = features.detach().clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(head(leaf)[:, target].sum(), leaf)
    return (slope * features.detach()).sum(1)
    ### END SOLUTION


# %% check="7.6"
hirescam = check("7.6")

# %%
with torch.no_grad():
    square_features = flat[0](squares)
averaged, placed = (
    torch.cat([method(f[None], flat[1:], c.item()) for f, c in zip(square_features, colours)])
    for method in (gradcam, hirescam)
)
shown = {"Grad-CAM": averaged, "HiRes-CAM": placed}
shown = {name: m[3:4].clamp(min=0) for name, m in shown.items()}
shown |= {"Sobel": explain.sobel(squares)[3], "random": explain.random_map(squares)[3]}
plot.heatmaps(
    list(shown.values()),
    ["picture", *shown],
    "Only HiRes-CAM knows that the square in the corner decides.",
    "Seven coloured squares, a blue one in the top left corner: Grad-CAM lights up that corner and "
    "a group of squares below it, HiRes-CAM the corner only, Sobel every square's frame.",
    photograph=squares[3:4],
    columns=3,
)

# %% [markdown]
# Grad-CAM points at squares that the network ignores. It finds *what* counts, not *where*.
#
# How often? Two numbers a map: the share of its **mass** that lies in the planted square, and
# whether its strongest place lies there (a **hit**).

# %% [markdown]
# ### Exercise 7.7 · The share inside
#
# Write `share_inside(maps, regions)`: `maps` (N,H,W) is never negative, `regions` (N,H,W) is True
# in the planted square. Return for each picture the share of the map's total that lies inside,
# (N,).


# %% exercise="7.7"
def share_inside(maps, regions):
    """Share of each map inside its region: (N,H,W), bool (N,H,W) → (N,)."""
    ### BEGIN SOLUTION
    return (maps * regions).sum((1, 2)) / maps.sum((1, 2))
    ### END SOLUTION


# %% check="7.7"
share_inside = check("7.7")

# %%
for name, m in {"Grad-CAM": averaged, "HiRes-CAM": placed}.items():
    on_picture = enlarged(m.clamp(min=0), (40, 40))[:, 0]
    share = share_inside(on_picture, regions).nanmean()
    print(f"{name:10} {share:.2f} of the map in the square, which is {1 / 25:.2f} of the area")

# %% [markdown]
# The script made the whole table, for this network (*flat*) and for one with GAP, where the square
# may lie anywhere and the other squares are gray.
#
# **Predict:** which row is 0 although the network depends on nothing but the square?

# %%
table = json.loads((DATA / "07_cam" / "planted_patch.json").read_text())
rows = list(table["GAP"]["methods"])
print(f"{'':37}   GAP: mass  hit    flat: mass  hit")
for name in rows:
    values = [table[h]["methods"][name][m] for h in ("GAP", "flat") for m in ("mass", "hit")]
    print(f"{name:37}   {'{:8.2f} {:5.2f}    {:8.2f} {:5.2f}'.format(*values)}")
short = ["gradient", "Smooth-\nGrad", "IG\nblack", "IG own\ncolour", "Grad-\nCAM", "HiRes-\nCAM"]
short += ["Layer-\nCAM", "Sobel", "centre", "random"]
plot.bars(
    short,
    {h: [table[h]["methods"][name]["mass"] for name in rows] for h in ("GAP", "flat")},
    "share of the map in the square",
    "Without GAP (striped) Grad-CAM puts half as much into the square as HiRes-CAM. By chance it "
    "would be the square's share of the area.",
    line=(table["GAP"]["area"], "chance"),
)

# %% [markdown]
# - With GAP, Grad-CAM and HiRes-CAM are one; without it Grad-CAM loses half of the evidence.
# - Integrated Gradients (lesson 03) cannot see what equals its baseline: 0, by construction.
# - Sobel, which knows no network, *hits* the square in most of the GAP pictures: it is the most
#   colourful thing there. Beating random is easy; beat Sobel.

# %% [markdown]
# ## A wrong answer, followed down
#
# The network takes the astronaut for a *barbell* ($p = 0.14$). Grad-CAM shows where it sees one.
#
# **Predict:** which object in the photograph is the barbell?

# %%
astronaut = photographs["astronaut"]
BARBELL = load.class_index(network, "barbell")
steps = [5, 12, 15, 17, 21]
down = [
    explain.gradcam(network, astronaut, BARBELL, network.features[i]).clamp(min=0) for i in steps
]
plot.heatmaps(
    [F.interpolate(m, (224, 224))[0] for m in down],
    [f"features[{i}]" for i in steps],
    "Scattered at first; at the last layer a band from her shoulder over the collar to the helmet. "
    "Where is the barbell?",
    "The astronaut and five maps; the last is a band from her shoulder over the collar to the "
    "helmet.",
    photograph=astronaut,
    over=astronaut,
    columns=3,
)

# %% [markdown]
# The last layer marks a band from the shoulder to the black, round, shiny helmet: something like a
# weight at the end of a bar. Only a test can say whether that is the reason. Cover one place at a
# time, and, as the **control**, every place: the same square at 6 × 6 positions.
#
# **Predict:** which of the four squares costs the barbell most? And an ordinary square?

# %%
my_prediction = ""  # helmet, shoulder, face or rocket

# %%
places = {"nothing": None, "helmet": (140, 140), "shoulder": (64, 0), "face": (0, 70)}
places["rocket"] = (10, 140)
covered = astronaut.repeat(len(places), 1, 1, 1)
for picture, corner in zip(covered, places.values()):
    if corner:
        top, left = corner
        picture[:, top : top + 84, left : left + 84] = 0.5
p = network(covered).softmax(1)[:, BARBELL]
plot.images(
    covered,
    [f"{name} covered\np(barbell) = {value:.2f}" for name, value in zip(places, p)],
    "Without the face or the helmet the barbell goes; without the shoulder, where the map is "
    "strong, it stays.",
    "The astronaut five times; four times a gray square of one size covers another place.",
    columns=3,
)

# %%
anywhere = astronaut.repeat(36, 1, 1, 1)
for n, picture in enumerate(anywhere):
    top, left = 28 * (n // 6), 28 * (n % 6)
    picture[:, top : top + 84, left : left + 84] = 0.5
ordinary = network(anywhere).softmax(1)[:, BARBELL]
worse = {name: int((ordinary < value).sum()) for name, value in zip(places, p) if places[name]}
print(f"you said: {my_prediction or 'nothing'}; it was {min(worse, key=worse.get)}")
plot.bars(
    [*places, "median of\n36 squares"],
    {"": [*p.tolist(), ordinary.median().item()]},
    "p(barbell)",
    "How many of 36 squares anywhere cost more than this one: "
    + ", ".join(f"{name} {n}" for name, n in worse.items())
    + ".",
)

# %% [markdown]
# A map gives hypotheses; covering tests them, and the control says how much a fall is worth. The
# shoulder, where the map is strong: **refuted**, without it the network is *more* sure. The helmet:
# most of the probability goes, and *that proves little*: a third of all squares cost as much or
# more. Only the face stands out, of which the map says least: none of the 36 costs more. Perhaps
# the barbells of the training pictures came with people.
#
# The map says what each place gives *to this score*, not what would happen without it. That is
# another question, and covering asks it (with a gray square, itself a new thing).

# %% [markdown]
# ## Too beautiful
#
# Two old methods make the sharpest pictures of all. On the way back through a ReLU, the gradient
# passes where the input was positive. **Deconvolution** (Zeiler & Fergus, 2014) lets it pass where
# the *gradient* is positive; **guided backpropagation** (Springenberg et al., 2015) wants both.
#
# The result is no longer the gradient of anything. But look:

# %%
ESPRESSO = load.class_index(network, "espresso")
sharp = {
    "gradient\nEgyptian cat": explain.gradient(network, cat, EGYPTIAN),
    "gradient\nespresso": explain.gradient(network, cat, ESPRESSO),
    "guided\nEgyptian cat": explain.guided_backprop(network, cat, EGYPTIAN),
    "guided\nespresso": explain.guided_backprop(network, cat, ESPRESSO),
    "deconvolution\nEgyptian cat": explain.deconvolution(network, cat, EGYPTIAN),
}
plot.heatmaps(
    [m[0] for m in sharp.values()],
    list(sharp),
    "Asked for espresso, guided backpropagation draws the same sharp cat.",
    "The cat; its gradient for two classes, grains; guided backpropagation for two classes, twice "
    "the same eyes and nose; deconvolution, a grid.",
    photograph=cat,
    columns=3,
)

# %% [markdown]
# Crisp eyes, and the same eyes for *espresso*. Now the **model randomization test** (Adebayo et
# al., 2018): replace the last linear layer by random weights, so that the network knows no cat any
# more, and then all layers. Compare the maps before and after by rank correlation.
#
# **Predict:** which maps notice?

# %% tags=["long"]
beheaded = copy.deepcopy(network)
beheaded.classifier = explain.randomized(network.classifier)
ruined = {"head random": beheaded, "all random": explain.randomized(network)}
METHODS = {
    "gradient": explain.gradient,
    "Grad-CAM": lambda n, x, t: explain.gradcam(n, x, t, n.features[-1]).clamp(min=0),
    "IG": lambda n, x, t: explain.integrated_gradients(n, x, t, baseline=0.0, steps=10),
    "guided\nbackprop": explain.guided_backprop,
    "deconvo-\nlution": explain.deconvolution,
    "Sobel": lambda n, x, t: explain.sobel(x),
    "random": lambda n, x, t: explain.random_map(x, seed=0 if n is network else 1),
}
kept = {name: [] for name in ruined}
for method in tqdm(METHODS.values(), desc="methods"):
    before = method(network, cat, EGYPTIAN)
    for name, other in ruined.items():
        after = method(other, cat, EGYPTIAN)
        kept[name].append(explain.rank_correlation(before, after).item())

# %%
plot.bars(
    list(METHODS),
    kept,
    "rank correlation with the trained",
    "How much of a map survives when the network forgets: near 0 is good.",
)

# %% [markdown]
# ### Question 7.8 · Sharp, and unmoved
#
# With a random head the map of guided backpropagation stays the same (rank correlation above 0.99).
# What follows?
#
# - **A** The head hardly matters for what the network answers.
# - **B** Guided backpropagation is the most reliable method here: it is stable.
# - **C** The random head must have been close to the trained one.
# - **D** The map shows what the lower layers respond to, not why this class was chosen.

# %% exercise="7.8"
### BEGIN SOLUTION
answer_7_8 = "D"
### END SOLUTION

# %% check="7.8"
check("7.8")

# %% [markdown]
# A random head leaves guided backpropagation whole: what it draws is what the *trained* layers
# below answer to, whatever is asked. With all layers random, what is left comes from the picture.
# Sobel never asks the network. (A smooth map of 49 numbers, like Grad-CAM's, is correlated with
# anything by chance; ±0.5 is common.)

# %% [markdown]
# ## The network teaches you
#
# Two species of creatures. **Tavis** and **Boros** differ in one trait, and nobody tells you which.
# Here is one of each.

# %%
LOOKALIKES = DATA / "07_cam" / "lookalikes"


def creature(name):
    """A creature by species and number, (1,3,64,64)."""
    return load.image(LOOKALIKES / f"{name}.png", size=None)


plot.images(
    torch.cat([creature("tavi/001"), creature("boro/012")]),
    ["a Tavi", "a Boro"],
    "One of many differences is the trait. Which?",
    "A pink Tavi with a belly and pointed ears; a blue Boro with round ears.",
)

# %% [markdown]
# **Quiz, before.** Which of these six are Tavis? Write six letters, T or B, and run the cell. Guess
# if you have to: chance is 3 of 6.

# %%
my_guess = "TTTTTT"

first_quiz = ["tavi/011", "boro/018", "boro/010", "tavi/013", "boro/021", "tavi/029"]
truth = "".join(name[0].upper() for name in first_quiz)
print(sum(a == b for a, b in zip(my_guess.upper(), truth)), "of 6 right")
plot.images(
    torch.cat([creature(name) for name in first_quiz]),
    list("123456"),
    "Tavi or Boro? One pair of examples is not much to go by.",
    "Six creatures of many colours, with and without spots, collars and pointed ears.",
    columns=3,
)

# %% [markdown]
# Ears? Belly? Colour? One pair cannot tell. A small network with a GAP head gets 160 of each
# species; it has never seen the creatures of the quizzes.

# %% tags=["long"]
numbers = range(200)
everyone = torch.cat([creature(f"{s}/{n:03d}") for s in ("tavi", "boro") for n in numbers])
species = torch.arange(400) // 200
held_out = torch.arange(400) % 200 < 40


def untrained():
    """A small GAP network: `[0]` gives features (N,48,16,16), `[-1]` is the linear layer."""
    torch.manual_seed(0)
    layers = []
    for inputs, outputs in ((3, 12), (12, 24), (24, 48)):
        conv = nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="replicate")
        layers += [conv, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]
    gap = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 2)]
    return nn.Sequential(nn.Sequential(*layers[:-1]), *gap)


# %% tags=["long"]
def train(images, labels, epochs=10):
    """The small network, trained to name the labels."""
    model = untrained()
    optimiser = torch.optim.AdamW(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=20 * epochs)
    for _ in tqdm(range(epochs), desc="training"):
        for batch in torch.randperm(len(images)).split(16):
            pictures, flip = images[batch], torch.rand(len(batch), 1, 1, 1) < 0.5
            pictures = torch.where(flip, pictures.flip(3), pictures)
            loss = F.cross_entropy(model(pictures), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return model.eval()


teacher = train(everyone[~held_out], species[~held_out])
right = (teacher(everyone[held_out]).argmax(1) == species[held_out]).float().mean()
print(f"right on {right:.0%} of the held-out creatures")

# %% [markdown]
# It knows. Let it show you. With two classes only the *difference* of the logits decides, so we
# draw the CAM of that difference: own row of weights minus the other's. What most places have in
# common is no trait, so each map's median is subtracted.

# %%
shown = torch.cat([creature(f"{s}/{n:03d}") for s in ("tavi", "boro") for n in (2, 6, 12)])
rows = teacher[-1].weight.detach()
with torch.no_grad():
    seen = teacher[0](shown)
lesson = torch.cat([cam(f[None], rows - rows.flip(0), i // 3) for i, f in enumerate(seen)])
lesson -= lesson.flatten(1).median(1).values[:, None, None]

# %%
lesson = enlarged(lesson.clamp(min=0), (64, 64))
plot.heatmaps(
    [part for n in range(3) for part in (None, lesson[n], None, lesson[n + 3])],
    caption="Where the network looks to tell them apart. Look at the same place without the map.",
    alt="Three Tavis and three Boros, each without and with its map: it is strongest on the tip of "
    "the tail.",
    over=shown[[0, 0, 3, 3, 1, 1, 4, 4, 2, 2, 5, 5]],
    columns=["a Tavi", "its map", "a Boro", "its map"],
)

# %%
next_six = [200 + 5, 33, 9, 200 + 16, 38, 200 + 28]  # among everyone
plot.images(
    everyone[next_six],
    list("123456"),
    "Now you have had a teacher: which of them are Tavis?",
    "Six new creatures, numbered 1 to 6.",
    columns=3,
)

# %% [markdown]
# ### Question 7.9 · Quiz, after
#
# Which of the six creatures above are Tavis?
#
# - **A** 1, 4 and 6
# - **B** 2, 3 and 5
# - **C** 1, 2 and 5
# - **D** 3, 4 and 6

# %% exercise="7.9"
### BEGIN SOLUTION
answer_7_9 = "B"
### END SOLUTION

# %% check="7.9"
check("7.9")

# %% [markdown]
# That is **machine teaching**: a network that is better than you shows where to look, and the words
# you find yourself. Two warnings. The map says *where*, not *what*: tone, shape or length of that
# tip? And had the trait been a spot that is *missing*, there would have been nothing to light up.

# %% [markdown]
# ## A network of your own
#
# Grad-CAM needs a layer with places and a gradient, nothing else. Name another network here: any
# torchvision classifier, or the checkpoint of the food homework. We take the last layer that still
# has places.

# %%
NETWORK = "efficientnet_lite0"  # or any torchvision classifier, or the homework's "checkpoint.pth"

mine = load.network(NETWORK)
side = 128 if NETWORK.endswith(".pth") else 224  # the food CNN's pictures are smaller
picture = F.interpolate(load.photograph("coffee"), (side, side), mode="bilinear", antialias=True)
layer = side_by_side.last_map(mine, picture)
top = load.top_classes(mine, picture, k=3)[0]
my_maps = [explain.gradcam(mine, picture, load.class_index(mine, name), layer) for name, _ in top]
plot.heatmaps(
    [enlarged(one[:, 0].clamp(min=0), (side, side)) for one in my_maps],
    [f"{name}, p = {p:.2f}" for name, p in top],
    "Where this network sees its first three classes.",
    "The coffee, and three times the coffee with a magenta spot.",
    photograph=picture,
    over=picture,
)

# %% [markdown]
# ## What to take away
#
# - On a GAP head the logit is the mean of a map. That map is CAM, and Grad-CAM × hw.
# - Elsewhere Grad-CAM is a good guess with one blind spot: it averages away *where* a channel
#   counts. HiRes-CAM and Layer-CAM keep it.
# - A map is a hypothesis; cover, delete, insert or randomize to test it, beside Sobel and random.
# - Sharp is not faithful: guided backpropagation draws the same cat for *espresso*.
#
# So far we asked about photographs. Next: **inside BERT**, where the network comes with a map of
# its own, and the map looks like an explanation.

# %% [markdown]
# ## How far am I?

# %% check="score"
score("07")
