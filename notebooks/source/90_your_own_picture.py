# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 90 · A picture of your own
#
# All methods of the course side by side on one picture: yours, or one of the course's photographs.
# Change the picture and see which explanations change with it, and which should have.
#
# Nothing to hand in here. Twenty minutes, best after lesson 02; the lessons 03, 04 and 07 explain
# the other columns.

# %% [markdown] slide="notes"
# Works as an opening (run it once, ask which map the class believes, collect reasons, come back at
# the end) and as a closing half hour with pictures that the class brings. All methods on
# original and edited picture take about fifteen seconds on two cores; "three quick ones" about two.
# Have two pictures of your own ready beside this notebook, one that the network gets wrong.

# %% tags=["setup"]
import torch

from helpers import explain, load, own_picture, side_by_side

network = load.network()

# %% [markdown]
# ## The panel
#
# 1. **Picture**: choose one, press *Upload*, or type a path.
# 2. **Class**: the ten that the network finds most probable; or type any other of its 1,000 names.
# 3. **Method**: three quick ones, all side by side, or a single one.
# 4. **Edit**: also explain a changed copy, in a second row. Both rows of a column share one
#    colour scale: a fainter map is a weaker one.
# 5. Press **Explain**. Columns appear as they are finished.
#
# Everything can be reached with Tab, the arrow keys, Space and Enter.

# %%
own_picture.panel(network)

# %% [markdown]
# ## What to look at
#
# - **The probability, left of each row.** What is explained is why *this class*, not whether it is
#   right.
# - **The two controls.** Sobel shows edges and random shows nothing; neither has ever seen the
#   network. A map that looks like Sobel's may have told you about the picture only.
# - **Where methods disagree.** They answer different questions: what would change the score
#   (gradient), what adds up to it (Integrated Gradients), what it loses without a piece
#   (occlusion).
# - **Magenta and blue** (occlusion, LIME): magenta speaks for the class, striped blue against it.
#   All other maps show strength only.
# - **The number under each name**: how much the map is like Sobel's, as a rank correlation. Random
#   has 0.

# %% [markdown]
# ## Three things to try
#
# Predict first, write it down, then press Explain.
#
# **1 · Mirror.** Picture *flower*, edit *mirrored*. Will the probability stay? Which maps will be
# mirrored too? Must they be, if they explain the network?
#
# **2 · Cover the evidence.** Picture *coffee*, edit *middle covered*. What happens to *espresso*,
# and where do the maps go? Now *palace*: can covering the middle make the network more sure?
#
# **3 · A mistake.** Picture *astronaut*: the network says *barbell*. Which piece of the picture
# makes it say so? Then type *space shuttle* under *or any class*. Do the maps change, or do they
# show the same shapes for any class?

# %% [markdown] slide="notes"
# What they will see: espresso falls from 84 % to 2 % when the cup is covered. The palace's bell
# cote *rises* from 38 % to 82 %, because the square hides what spoke for its rival, palace (26 %
# to 2 %). So does the cat (39 % to 54 %). For the astronaut, Grad-CAM, occlusion and LIME move from
# her head to the model of the shuttle; guided backpropagation does not care which class is asked
# for (rank correlation of its two maps .99, Grad-CAM's .04).

# %% [markdown]
# ## The mirror test in plain code
#
# The panel calls a few functions of `helpers/side_by_side.py`, and so can you. Here the flower and
# its mirror image, by five of them. The number says how well the second map, mirrored back, fits
# the first: rank correlation 1 is *exactly*, 0 is *unrelated*. **Predict:** which mirrors best?

# %%
flower = load.photograph("flower")
both = torch.cat([flower, side_by_side.EDITS["mirrored"](flower)])
daisy = load.class_index(network, "daisy")
methods = ["gradient", "guided backprop", "Grad-CAM", "Sobel (control)", "random (control)"]
maps = side_by_side.explain_all(network, both, daisy, methods)
shares = side_by_side.probabilities(network, both)[:, daisy]
numbers = {}
for name, (one, other) in maps.items():
    strength = [m.abs().mean(0, keepdim=True)[None] for m in (one, other.flip(2))]
    numbers[name] = f"mirrored: {explain.rank_correlation(*strength).item():.2f}"

# %% tags=["cover"]
side_by_side.draw(
    both,
    [f"original\ndaisy {shares[0]:.1%}", f"mirrored\ndaisy {shares[1]:.1%}"],
    maps,
    caption="Grad-CAM's map is mirrored nearly, Sobel's exactly, and Sobel asked no network.",
    alt="The flower and its mirror image with five maps; the grains of gradient and guided "
    "backpropagation are others in the mirror",
    numbers=numbers,
)

# %% [markdown]
# Sobel wins, and it has never seen the network. So this test cannot show that a map is faithful.
# Nor does a low number convict one: the network itself is not symmetric (its probability changed),
# and an honest map has to say so. What the test does show is how much of a map is grain that you
# should not read.

# %% [markdown]
# ## Bring your own
#
# - **Upload** takes any PNG, JPEG, GIF, BMP, TIFF or WebP. It goes to the computer that runs this
#   notebook, nowhere else. Opened in another way than with `make lab`, Jupyter may drop a file over
#   10 MB without a word.
# - **Or drop it** on JupyterLab's file browser, beside this notebook, and type its name under
#   *or its path*. This way it may be larger.
#
# The shorter side becomes 224 pixels and the central square is kept: what you see in the first
# column is all that the network sees. A file that cannot be read gets one sentence that says why.
#
# Another network: `own_picture.panel(load.network("resnet18"))`. A method that it does not allow
# is named below the controls.

# %% [markdown]
# ## Before you believe it
#
# - A pretty map is no proof. Guided backpropagation is sharp, and stays the same when another
#   class is asked for, or when the network's head is random (lesson 07).
# - One picture is an anecdote. Try five, and one where you expect the opposite.
# - Few samples were used, for speed: explain a mirrored picture with LIME and see how far its map
#   wanders.
# - What you see in a map you bring along yourself. Write down your prediction *before* you press
#   Explain.
