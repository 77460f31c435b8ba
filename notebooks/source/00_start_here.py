# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 · Start here
#
# **What does a cat look like? Explainable ML you can run.**
#
# A network says *this is a cat*. In this course you make it say why, by several methods that you
# write yourself, and you find out which of their answers deserve trust.
#
# Ten minutes for this page. Run a cell with **Shift + Enter**; start with the next one.

# %% tags=["setup"]
import torch

from grading.notebook import check, panel, score
from helpers import explain, load, plot

network = load.network()
cat = load.photograph("cat")
names = load.top_classes(network, cat)[0]
plot.images(
    cat,
    [", ".join(f"{name} {p:.0%}" for name, p in names[:3])],
    "The network is sure that this is a cat, and unsure which.",
    "A tabby cat's face from close by, looking past the camera.",
)

# %% [markdown]
# ## A first explanation
#
# The network was never told where the cat is. Cover one piece of the photograph after the other
# and see how much the score of its favourite class falls: a large fall means *that piece mattered*.
#
# **Predict:** which piece of the flower below does the network need? Lessons ask this before a
# result; where there is a line for it, write your prediction down, and it stands beside the result.

# %%
flower = load.photograph("flower")
plot.images(
    flower,
    caption="What must be covered for the network not to say daisy any more?",
    alt="An orange dahlia with round rows of petals before a dark ground.",
)

# %% tags=["cover"]
daisy = load.class_index(network, "daisy")
plot.heatmaps(
    [explain.occlusion(network, flower, daisy, patch=56, stride=28)],
    ["what mattered for “daisy”"],
    "The stronger the magenta, the more the score falls when that piece is covered: the middle of "
    "the blossom matters most. (Stripes would mark pieces whose covering raises it.)",
    "The flower, and the flower with magenta squares over its middle.",
    signed=True,
    over=flower,
    photograph=flower,
)

# %% [markdown]
# ## How an exercise works
#
# An exercise is a cell that you complete and a cell that checks it. Each shows its points, its
# minutes and its difficulty. You never get stuck: a wrong answer gets a hint, and the lesson goes
# on with the course's own solution until yours is right.
#
# An answer may use `torch`, `np`, `F`, `nn`, `math` and its arguments. Import anything else inside
# the cell, and do not call earlier answers: notebook, `make check` and the grader judge its cell
# alone. It leaves its arguments as they were, and what it returns drags no gradients along unless
# the task says so.
#
# The table below follows your checks; every lesson begins with one. To keep it beside the notebook
# in JupyterLab, right-click it and choose **Create New View for Cell Output**.

# %%
panel("00")

# %% [markdown]
# ### Exercise 0.1 · The largest score
#
# Write `top_class(logits)`: for logits of shape (N,K), the index of the largest one in each row,
# shape (N,).
#
# Please give a **wrong answer first**, to see what happens: replace the `raise …` line by
# `return logits.argmin(1)`, run the cell and the check below. Then mend it.


# %% exercise="0.1"
def top_class(logits):
    """Index of the largest logit in each row: (N,K) → (N,)."""
    ### BEGIN SOLUTION
    return logits.argmax(dim=1)
    ### END SOLUTION


# %% check="0.1"
top_class = check("0.1")

# %% [markdown]
# After the check, `top_class` is your function if it is right, and the course's own if not. So
# this cell works either way:

# %%
pictures = load.photographs()
winners = top_class(torch.cat([network(picture) for picture in pictures.values()]))
for name, winner in zip(pictures, winners):
    print(f"{name:10}  {network.classes[int(winner)]}")

# %% [markdown]
# Five of these are defensible. The astronaut is not a barbell; lesson 07 asks the network why it
# thinks so.

# %% [markdown]
# ### Question 0.2 · What does a check tell you?
#
# Set `answer_0_2` to a letter in quotes.
#
# - **A** My grade.
# - **B** Whether my answer works on inputs I have not seen; if not, often which mistake it is.
# - **C** Whether my code looks like the course's code.
# - **D** The solution.

# %% exercise="0.2"
### BEGIN SOLUTION
answer_0_2 = "B"
### END SOLUTION

# %% check="0.2"
check("0.2")

# %% [markdown]
# ## How far am I?
#
# The score counts the checks that passed since the notebook was started. `make check
# NOTEBOOK=notebooks/00_start_here.ipynb` in a terminal prints the same as a table, from a fresh
# start.

# %% check="score"
score("00")

# %% [markdown]
# ## Your environment

# %%
import platform
from importlib.metadata import version

print(f"Python {platform.python_version()}")
print(", ".join(f"{name} {version(name)}" for name in ("torch", "torchvision", "transformers")))
print(f"computing on {load.device()}, {torch.get_num_threads()} threads; no internet is needed")

# %% [markdown]
# ## The way through
#
# | lesson | asks |
# |---|---|
# | 01 Why explain? | a classifier that is right for the wrong reason |
# | 02 Saliency and SmoothGrad | which pixels would change the score? |
# | 03 Integrated Gradients | what did each pixel contribute, so that it adds up? |
# | 04 LIME | which pieces matter, if we may only ask and not look inside? |
# | 05 What does a filter detect? | what excites it most, and can we read it? |
# | 06 What does a digit, or a cat, look like? | what does the network want to see? |
# | 07 CAM and Grad-CAM | where did the last layer see it? |
# | 08 Inside BERT | what do attention heads do, and do their weights explain anything? |
# | 09 Cosine or Euclidean? | how alike are two words, and by which ruler? |
# | 90 A picture of your own | what do all methods say to it, before and after a change? |
#
# Go on with [01 Why explain?](01_why_explain.ipynb)
