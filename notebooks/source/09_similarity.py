# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 · Cosine or Euclidean?
#
# A BERT turns every word of a sentence into a vector, one a layer. Does it know that the *apple* in
# a pie and the *Apple* in a court are two things? Then their vectors should be far apart. But how
# far is far? There are two common rulers, and ten pretty heat maps can mislead with either.
#
# You will write both, find what joins them and where they part, and choose a layer by measuring
# instead of by looking.
#
# You need: hidden states (lesson 08). About 75 minutes.

# %% [markdown] slide="notes"
# Let the room vote for a layer in "Choose a layer by eye" and write the votes down before the
# swapped sentences are shown. Nearly everybody votes for a layer that is wrong every time.

# %% tags=["setup"]
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tqdm.auto import tqdm

import helpers
from grading.notebook import check, panel, score
from helpers import load, plot, widgets
from helpers.text import read

DATA = Path(helpers.__file__).parents[1] / "data" / "09_similarity"
tokenizer, model = load.bert()
panel("09")

# %% [markdown]
# ## Two rulers
#
# Two vectors $a$ and $b$ can be compared by the angle between them or by the distance between
# their tips:
#
# $$\cos(a,b) = \frac{a \cdot b}{\lVert a\rVert\,\lVert b\rVert},\qquad
# d(a,b) = \lVert a-b\rVert = \sqrt{\textstyle\sum_i (a_i-b_i)^2}.$$
#
# The cosine is a **similarity**: 1 for the same direction, 0 for a right angle, −1 for opposite
# ones. The Euclidean distance is a **distance**: 0 for equal vectors, large for different ones.
# Mind which way each of them points.
#
# **Predict:** below, which of $b$ and $c$ is nearer to $a$? Then make $b$ longer and shorter.


# %%
def three_arrows(length):
    """Vectors a and b in almost one direction, c in another; what the two rulers say."""
    a, b, c = np.array([1.0, 0.25]), length * np.array([0.99, 0.14]), np.array([0.85, 0.75])
    cosines = [a @ v / np.linalg.norm(a) / np.linalg.norm(v) for v in (b, c)]
    distances = [np.linalg.norm(a - v) for v in (b, c)]
    by_cosine = "b" if cosines[0] > cosines[1] else "c"
    by_distance = "b" if distances[0] < distances[1] else "c"
    said = (
        f"cosine: b {cosines[0]:.2f}, c {cosines[1]:.2f}. More like a: {by_cosine}\n"
        f"distance: b {distances[0]:.2f}, c {distances[1]:.2f}. Nearer to a: {by_distance}"
    )
    caption = f"The cosine prefers {by_cosine}, however long b is; the distance {by_distance}."
    seen = "Arrows a, b and c from one point; b points nearly where a does, c elsewhere"
    return plot.arrows({"a": a, "b": b, "c": c}, said, caption, seen, (-0.1, 3.2), (-0.1, 1.0))


widgets.slider(three_arrows, [0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0], "length of b", start=1.0)

# %% [markdown]
# The cosine does not care how long $b$ is. The distance does: too short or too long, and $c$ wins,
# whatever the direction. Keep this picture in mind; all of the lesson is in it.

# %% [markdown]
# ### Exercise 9.1 · Cosine similarity
#
# Write `cosine_matrix(vectors)`: N vectors, (N,D) → (N,N), the cosine similarity of each with each.


# %% exercise="9.1"
def cosine_matrix(vectors):
    """Cosine similarity of all pairs: (N,D) → (N,N), 1 on the diagonal."""
    ### BEGIN SOLUTION
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    return unit @ unit.T
    ### END SOLUTION


# %% check="9.1"
cosine_matrix = check("9.1")

# %% [markdown]
# ### Exercise 9.2 · Euclidean distance
#
# Write `euclidean_matrix(vectors)`: (N,D) → (N,N), the Euclidean distance of each vector to each.


# %% exercise="9.2"
def euclidean_matrix(vectors):
    """Euclidean distance of all pairs: (N,D) → (N,N), 0 on the diagonal."""
    ### BEGIN SOLUTION
    return (vectors[:, None] - vectors[None]).norm(dim=2)
    ### END SOLUTION


# %% check="9.2"
euclidean_matrix = check("9.2")

# %% [markdown]
# ## When lengths are one
#
# Expand the square of the distance:
#
# $$\lVert a-b\rVert^2 = \lVert a\rVert^2 + \lVert b\rVert^2 - 2\,a\cdot b .$$
#
# Divide every vector by its length first, so that all are **unit vectors**. Then $a\cdot b$ is the
# cosine, and
#
# $$d^2 = 2 - 2\cos .$$
#
# So on unit vectors the two rulers are one, only numbered differently.

# %% [markdown]
# ### Exercise 9.3 · One from the other
#
# Write `cosine_from_distance(distances)`: the Euclidean distances between **unit** vectors, any
# shape → their cosines, same shape.


# %% exercise="9.3"
def cosine_from_distance(distances):
    """Cosines of unit vectors from the Euclidean distances between them, same shape."""
    ### BEGIN SOLUTION
    return 1 - distances**2 / 2
    ### END SOLUTION


# %% check="9.3"
cosine_from_distance = check("9.3")

# %%
random_vectors = torch.randn(50, 384, generator=torch.Generator().manual_seed(0))
unit_vectors = random_vectors / random_vectors.norm(dim=1, keepdim=True)
cosines = cosine_matrix(random_vectors)
error = (cosine_from_distance(euclidean_matrix(unit_vectors)) - cosines).abs().max()
print(f"cosines by way of distances between unit vectors: off by at most {error:.0e}")
wrong = (cosine_from_distance(euclidean_matrix(random_vectors)) - cosines).abs().max()
print("the same with lengths left as they are:", "right" if wrong < 0.5 else "off by more than 0.5")

# %% [markdown]
# Exact up to rounding, and nonsense without the unit length. Remember it as a test: if two analyses
# of the same vectors disagree and one used cosines, look at the lengths.

# %% [markdown]
# ## Ten apples
#
# Five sentences about fruit, five about a company, with *apple* early and late in both. The
# tokenizer of our MiniLM lowers capitals, so spelling gives nothing away.

# %%
lines = (DATA / "sentences.tsv").read_text(encoding="utf-8").splitlines()[1:]
table = [line.split("\t") for line in lines]
for number, (*_, sense, sentence) in enumerate(table[:10], 1):
    print(f"{number:2}  {sense:8} {sentence}")

# %% [markdown]
# The model reads every sentence of this lesson once. Of each we keep the vector of the word we ask
# about in all seven **layers**: 0 is the embedding, before any attention; 6 comes out of the last.
# (In lesson 08's count, layer $i$ here is what came out of layer $i-1$ there.)

# %%
readings = {
    sentence: read(tokenizer, model, sentence)
    for name, *_, sentence in tqdm(table, desc="sentences")
    if name != "chinese"
}


# %%
def word_vector(reading, pieces):
    """A word's vector in every layer, the mean over its pieces: (layers + 1, D); its place."""
    n = len(pieces)
    place = next(i for i in range(len(reading.tokens)) if reading.tokens[i : i + n] == pieces)
    return reading.hidden[:, place : place + n].mean(1), place


def words_of(wanted, readings=readings, tokenizer=tokenizer):
    """The words of one set of sentences: vectors (layers + 1, N, D), senses, places."""
    rows = [row for row in table if row[0] == wanted]
    found = [word_vector(readings[s], tokenizer.tokenize(word)) for _, word, _, s in rows]
    vectors, places = zip(*found)
    return torch.stack(vectors, 1), [sense for _, _, sense, _ in rows], torch.tensor(places)


apples, senses, places = words_of("apple")
print("layers, words, numbers a word:", tuple(apples.shape))


# %%
def pairs(matrix, senses):
    """The entries of (N,N) within a sense and across senses, each pair once."""
    i, j = torch.triu_indices(len(senses), len(senses), 1)
    same = torch.tensor([senses[a] == senses[b] for a, b in zip(i, j)])
    return matrix[i, j][same], matrix[i, j][~same]


# %% [markdown]
# Each row and column below is one sentence, in the order of the list. If the layer knows the two
# senses, the two framed blocks are bright (alike) and the rest is dark.
#
# **Predict:** in which layer will the two kinds of apple part? Will both rulers show it?


# %%
KINDS = {"fruit": 5, "company": 5}  # the order of the sentences


def apples_at(layer):
    """Both measures between the ten apples in one layer."""
    cosine, distance = cosine_matrix(apples[layer]), euclidean_matrix(apples[layer])
    within, across = pairs(cosine, senses)
    return plot.matrix(
        [cosine, distance],
        [f"layer {layer}: cosine", f"layer {layer}: distance"],
        [(0.5, 1), (12, 0)],  # dark, bright
        f"Are the two framed blocks brighter than the rest? The mean cosine is {within.mean():.2f} "
        f"within a sense and {across.mean():.2f} across senses.",
        "Two squares of ten by ten coloured cells, bright where two words are alike.",
        groups=KINDS,
    )


widgets.slider(apples_at, list(range(7)), "layer")

# %% [markdown]
# Layer 0 shows no blocks: a bright sheet under the cosine, a patchwork under the distance. From
# layer 1 on the frames stand out, under both rulers. But "stand
# out" is a matter of taste and of the colour scale. We want a number.

# %% [markdown]
# ## A number for a heat map
#
# Take one pair of apples with the same sense and one pair with different senses. How often is the
# first the more similar of the two? Count over all such couples of pairs; a tie counts as half.
# This is the **AUC**, the Mann–Whitney statistic divided by the number of couples:
#
# - 1: every pair within a sense is more similar than every pair across senses;
# - 0.5: the measure tells nothing about the sense.
#
# It needs no threshold, and it does not care how the similarity is scaled: only the order counts.

# %% [markdown]
# ### Exercise 9.4 · AUC
#
# Write `auc(within, across)`: two rows of similarities, (n,) and (m,) → one number, the share of
# the n·m couples in which the one from `within` is larger; ties count half.


# %% exercise="9.4"
def auc(within, across):
    """Share of couples with within > across, ties half: (n,), (m,) → a number in [0, 1]."""
    ### BEGIN SOLUTION
    difference = within[:, None] - across[None]
    return ((difference > 0).float() + 0.5 * (difference == 0).float()).mean()
    ### END SOLUTION


# %% check="9.4"
auc = check("9.4")

# %% [markdown]
# A distance enters with a minus sign, so that larger means more alike.
#
# **Predict:** the AUC of layer 0: at 0.5, above, or below?


# %%
def auc_by_layer(vectors, senses, similarity):
    """The AUC of one measure in each layer."""
    return [float(auc(*pairs(similarity(layer), senses))) for layer in vectors]


MEASURES = {"cosine": cosine_matrix, "distance": lambda v: -euclidean_matrix(v)}
separation = {name: auc_by_layer(apples, senses, f) for name, f in MEASURES.items()}
for name, values in separation.items():
    print(f"{name:9}", "  ".join(f"{value:.3f}" for value in values))
plot.lines(
    range(7),
    separation,
    "layer",
    "AUC within against across",
    "Layer 0 knows nothing of the sense; at layer 2 nearly every pair is in order. The two rulers "
    "say the same.",
    line=(0.5, "chance"),
)

# %% [markdown]
# Chance at layer 0, nearly perfect at layers 2 and 3, and a little lower at the end. The two rulers
# tell the same story here. Hold on to two questions: what *is* in layer 0, and why do the rulers
# agree?

# %% [markdown]
# ## What layer 0 knows
#
# The embedding adds three vectors (the word's, its position's, its segment's) and normalises. No
# other word takes part. So the same word at the same position must get the same vector in *any*
# sentence, to the last bit.

# %%
i, j = torch.triu_indices(10, 10, 1)
gaps = euclidean_matrix(apples[0])[i, j]
together = places[i] == places[j]
print("places of apple:", places.tolist())
print(f"same place, other sentence:  {int(together.sum())} pairs, largest distance", end=" ")
print(f"{gaps[together].max():.1f}")
print(f"other place:                {int((~together).sum())} pairs, smallest distance", end=" ")
print(f"{gaps[~together].min():.1f}")

# %% [markdown]
# Exactly 0 for an apple in a garden and an Apple in a shop. All that differs at layer 0 is *where*
# the word stands. Our list has the early and the late places in both senses; that is why its AUC
# is near chance (a little below: of the nine equal pairs, six are across senses).
#
# A list that is less careful would not be so harmless.

# %% [markdown]
# ## Choose a layer by eye
#
# Ten other sentences about apples. This time every picture is stretched to *its own* darkest and
# brightest value, as plotting libraries do by default.
#
# **Choose** the layer that separates fruit from company best, and write its number down.

# %%
first, first_senses, _ = words_of("position")


def first_at(layer):
    """The cosines of the ten other sentences in one layer, stretched to their own range."""
    cosine = cosine_matrix(first[layer])
    low = float(cosine.min())
    within, across = pairs(cosine, first_senses)
    return plot.matrix(
        [cosine],
        [f"layer {layer}: cosine, own range"],
        [(low, 1)],
        f"Here dark is {low:.2f}. The mean cosine within a sense is larger by "
        f"{within.mean() - across.mean():.2f} than that across senses.",
        "Ten by ten coloured cells: two bright framed blocks on dark ground.",
        groups=KINDS,
    )


widgets.slider(first_at, list(range(7)), "layer")

# %% [markdown]
# All seven look convincing. Layer 0 is the cleanest: both blocks are 1.00 throughout, the rest is
# dark. By numbers: every layer has an AUC of 1, and layer 3 has the largest contrast.

# %%
contrast = []
for layer in first:
    within, across = pairs(cosine_matrix(layer), first_senses)
    contrast.append(float(within.mean() - across.mean()))
print("AUC      ", auc_by_layer(first, first_senses, cosine_matrix))
print("contrast ", [round(value, 2) for value in contrast])

# %% [markdown]
# Now the test. Ten new sentences, again five and five. For each new apple we look for the most
# similar of the ten old ones: has it the same sense?
#
# **Predict** for your layer: how many of ten?

# %%
my_layer, my_prediction = 0, None  # the layer that you chose, and how many of ten

# %%
swapped, swapped_senses, _ = words_of("swapped")
right = []
for old, new in zip(first, swapped):
    similarity = cosine_matrix(torch.cat([new, old]))[:10, 10:]
    hits = [first_senses[n] == s for n, s in zip(similarity.argmax(1), swapped_senses)]
    right.append(sum(hits))
if my_prediction is not None:
    print(f"layer {my_layer}: you said {my_prediction}, it is {right[my_layer]} of 10")

# %% tags=["cover"]
cosine = cosine_matrix(first[0])
low = float(cosine.min())
plot.beside(
    plot.matrix([cosine], ["layer 0 looks best"], [(low, 1)], alt="Clean blocks.", groups=KINDS),
    plot.bars(
        range(7),
        {"": right},
        "new sentences right, of 10",
        alt="Right answers by layer",
        line=(5, "guessing"),
        number=".0f",
        xlabel="layer",
        title="… and gets every new one wrong",
        size=(3.8, 3.7),
    ),
    caption="The cleanest heat map belongs to the layer that is wrong about every new sentence.",
)

# %% [markdown]
# Layer 0, the cleanest picture, is wrong ten times out of ten: worse than guessing. Layer 3, the
# strongest contrast, does no better than a coin. Only layer 6, which neither the eye nor the
# contrast had picked, gets all of them.

# %% [markdown]
# Why? Read the sentences of both sets.

# %%
for name, _, sense, sentence in table[10:30]:
    print(f"{'first ten' if name == 'position' else 'new':9}  {sense:8} {sentence}")

# %% [markdown]
# ### Question 9.5 · What did the eye see?
#
# Why does layer 0 separate the first ten perfectly?
#
# - **A** The company is written with a capital letter, so it is another token.
# - **B** The company stands first in its sentences, the fruit later: layer 0 shows the place.
# - **C** The embedding of *apple* holds both senses, and each sentence picks one.
# - **D** Words like *juicy* and *office* beside it have already changed its vector.

# %% exercise="9.5"
### BEGIN SOLUTION
answer_9_5 = "B"
### END SOLUTION

# %% check="9.5"
check("9.5")

# %% [markdown]
# A heat map shows that two groups differ, never *in what*. Here place and sense went together, and
# the model's early layers still carry the place. Two cures: balance what you can think of, as in
# the first list of apples; and test on sentences made differently from those you chose with.

# %% [markdown]
# ## One word beside it
#
# Your own sentence with *apple*: is its vector more like the five fruits or the five companies of
# the balanced list? The curve is the difference of the two mean cosines. Change the sentences and
# run the cell.
#
# **Predict:** shares of Apple that *fell*, that *climbed*, that *rose*: which is the odd one out?

# %%
MY_SENTENCES = {
    "fell": "Shares of Apple fell after the quarterly report.",
    "climbed": "Shares of Apple climbed after the quarterly report.",
    "rose": "Shares of Apple rose after the quarterly report.",
    "blossom": "The apple blossom was late this year.",
}
leaning = {}
for name, sentence in MY_SENTENCES.items():
    mine, _ = word_vector(read(tokenizer, model, sentence), tokenizer.tokenize("apple"))
    cosines = [cosine_matrix(torch.cat([m[None], a]))[0, 1:] for m, a in zip(mine, apples)]
    leaning[name] = [float(c[:5].mean() - c[5:].mean()) for c in cosines]
plot.lines(
    range(7),
    leaning,
    "layer",
    "cosine with fruit − with company",
    "One word beside it can pull Apple over the line.",
    line=(0, "neither"),
)

# %% [markdown]
# *Climbed* means the same and stays with *fell*. *Rose* is also a flower: beside it Apple drifts
# towards the orchard and, at the last layer, has crossed the line, shares and report
# notwithstanding. (Try *grew*, as plants do.) A separation near 1 on ten sentences says nothing of
# the eleventh.

# %% [markdown]
# ## Is 0.75 a high cosine?
#
# In layer 3 even apples of *different* sense have a mean cosine of 0.75. Similar? Ask what two
# random tokens have. If the vectors of all tokens filled all directions alike, that mean would be
# 0. Where it is not, the layer is called **anisotropic** (Ethayarajh, 2019): the cloud of vectors
# is a cone, and every cosine is lifted.

# %% [markdown]
# ### Exercise 9.6 · Anisotropy
#
# Write `anisotropy(vectors)`: (N,D) → one number, the mean cosine over all pairs of two *different*
# rows.


# %% exercise="9.6"
def anisotropy(vectors):
    """Mean cosine over all pairs of two different vectors: (N,D) → a number."""
    ### BEGIN SOLUTION
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    n = len(unit)
    return ((unit @ unit.T).sum() - n) / (n * (n - 1))
    ### END SOLUTION


# %% check="9.6"
anisotropy = check("9.6")

# %% [markdown]
# Two **corrections**, both learnt from a cloud of tokens, here those of 70 sentences that come
# later:
#
# - subtract the cloud's mean vector, which all tokens share;
# - *all-but-the-top* (Mu & Viswanath, 2018): then remove the few directions along which the cloud
#   spreads most, here three.
#
# **Predict:** which layer is the narrowest cone? And what will the corrections do to the AUC?

# %%
corpus = [row for row in table if row[0] == "corpus"]
cloud = torch.cat([readings[sentence].hidden[:, 1:-1] for *_, sentence in corpus], 1)
tokens = [token for *_, sentence in corpus for token in readings[sentence].tokens[1:-1]]
owner = [n for n, row in enumerate(corpus) for _ in readings[row[-1]].tokens[1:-1]]
print(len(tokens), "tokens in", len(corpus), "sentences")


# %%
def corrected(vectors, cloud, k):
    """Vectors (N,D) without the cloud's mean and its k strongest directions."""
    mean = cloud.mean(0)
    directions = torch.linalg.svd(cloud - mean, full_matrices=False)[2][:k]
    return (vectors - mean) - (vectors - mean) @ directions.T @ directions


CORRECTIONS = {
    "as it is": lambda vectors, layer: vectors,
    "mean subtracted": lambda vectors, layer: corrected(vectors, layer, 0),
    "all but the top 3": lambda vectors, layer: corrected(vectors, layer, 3),
}
cones = {n: [float(anisotropy(f(c, c))) for c in cloud] for n, f in CORRECTIONS.items()}
plot.lines(
    range(7),
    cones,
    "layer",
    "mean cosine of two tokens",
    "What any two tokens have in common; without the mean it is gone.",
)

# %%
print(f"{'mean cosine, by layer':25}", " ".join(f"{layer:5}" for layer in range(7)))
for name, f in CORRECTIONS.items():
    matrices = [cosine_matrix(f(a, c)) for a, c in zip(apples, cloud)]
    parts = [pairs(matrix, senses) for matrix in matrices]
    rows = {"within": [w.mean() for w, _ in parts], "across": [a.mean() for _, a in parts]}
    rows["AUC"] = [auc(w, a) for w, a in parts]
    for label, values in rows.items():
        print(f"{name:18} {label:6}", " ".join(f"{float(value):5.2f}" for value in values))

# %% [markdown]
# - In the middle layers any two tokens have a cosine of about a quarter. So 0.75 is high, but a
#   part of it every token has. In layer 6 the cone is gone.
# - The corrections bring the random pairs to 0 and lower the cosines of the apples. *Within* falls
#   less than *across*: the contrast grows.
# - The AUC hardly moves: the order was right before. (Subtracting one *number* from all cosines
#   could not change it at all.)
#
# A cosine is no absolute number. Report it beside that of random pairs from the same layer.

# %% [markdown]
# ## Nearest neighbours
#
# Apples are one word. Seventy sentences with seven words of two meanings (*bank, bat, spring, seal,
# mouse, light, palm*): for each, which other sentence uses the most similar word?

# %% [markdown]
# ### Exercise 9.7 · Nearest neighbour
#
# Write `nearest(similarities)`: (N,N), larger is more alike → (N,) whole numbers, for each row the
# column of the most similar *other* item. Similarities may be negative (a distance with a minus
# sign is), and the matrix you were given must stay as it is.


# %% exercise="9.7"
def nearest(similarities):
    """For each row the most similar other item: (N,N) → (N,), int64."""
    ### BEGIN SOLUTION
    itself = torch.eye(len(similarities), dtype=torch.bool)
    return similarities.masked_fill(itself, -torch.inf).argmax(1)
    ### END SOLUTION


# %% check="9.7"
nearest = check("9.7")

# %% [markdown]
# A neighbour is right if it has the same word *and* the same meaning.
#
# **Predict** the best layer. The apples said 3; the new sentences said 6.

# %%
words, meanings, _ = words_of("corpus")
names = [(row[1], row[2]) for row in corpus]


def retrieval(similarity):
    """Share of the 70 words whose nearest neighbour has their meaning, by layer."""
    found = [nearest(similarity(layer)).tolist() for layer in words]
    return [float(np.mean([names[i] == names[j] for i, j in enumerate(f)])) for f in found]


accuracy = {name: retrieval(f) for name, f in MEASURES.items()}
for name, values in accuracy.items():
    print(f"{name:9}", "  ".join(f"{value:.2f}" for value in values))
plot.lines(
    range(7),
    accuracy,
    "layer",
    "share whose neighbour\nhas the meaning",
    "For this task the last layer is the best one.",
)

# %%
everyone = [row[-1] for row in corpus]
neighbours = {layer: nearest(cosine_matrix(words[layer])) for layer in (0, 3, 6)}
for asked in (
    "A polar bear was hunting a young seal.",
    "She bought a wooden bat for the baseball game.",
):
    print(f"asked:    {asked}")
    for layer, found in neighbours.items():
        _, word, meaning, sentence = corpus[found[everyone.index(asked)]]
        print(f"layer {layer}:  {sentence}  ({meaning})")

# %% [markdown]
# Higher is better on the whole: place matters less and less, the sentence more and more. Not for
# each word: the seal finds its like at layer 6 only, the wooden bat loses it there. At layer 0 the
# neighbour is the word at the same place, and 0.6 is what that luck gives on our sentences.
#
# Three ways to measure, and not one best layer for all of them. A layer is chosen *for a task*,
# by measuring that task, on sentences that were not used to choose.

# %% [markdown]
# ## Where the rulers part
#
# So far the two rulers agreed. Why? Look at the lengths.

# %%
SMALL = """the a an and or of to in on at by for from with into is are was were be it its that this
    as . ,"""
grammar = torch.tensor([token in SMALL.split() for token in tokens])
lengths = cloud.norm(dim=2)
plot.lines(
    range(7),
    {
        "apple": apples.norm(dim=2).mean(1).tolist(),
        "other content words": lengths[:, ~grammar].mean(1).tolist(),
        "the, of, a, is …": lengths[:, grammar].mean(1).tolist(),
    },
    "layer",
    "mean length of the vectors",
    "Length is not innocent: function words are shorter.",
)

# %% [markdown]
# All ten apples of one layer are about equally long (within 12 % up to layer 5), and equal lengths
# make the rulers one (exercise 9.3, up to a factor). So their agreement was no second opinion: it
# was the same opinion twice.
#
# But other tokens are shorter. **Predict:** when a content word looks for the nearest token in all
# *other* sentences, which ruler will offer it *the* and *of*?

# %%
same_sentence = torch.tensor(owner)[:, None] == torch.tensor(owner)[None]
FOR_MANY = MEASURES | {"distance": lambda v: -torch.cdist(v, v)}  # as yours, in less memory


def elsewhere(similarity, layer):
    """For each token the nearest one of another sentence."""
    return nearest(similarity(layer).masked_fill(same_sentence, -torch.inf))


near = {name: [elsewhere(f, layer) for layer in cloud] for name, f in FOR_MANY.items()}
offered = {n: [float(grammar[f][~grammar].float().mean()) for f in near[n]] for n in near}
plot.lines(
    range(7),
    offered,
    "layer",
    "share whose nearest\nis a function word",
    "Where function words are short, the distance offers them to everybody; the cosine does not "
    "see length.",
)

# %%
last = cloud[6]
print(f"{'layer 6':10}  {'by cosine':28}  by distance")
for word in ("carry", "holds", "royal", "listening", "water", "laptop"):
    a = tokens.index(word)
    line = f"{word:10}"
    for name in near:
        b = int(near[name][6][a])
        both = last[[a, b]]
        cos, d = cosine_matrix(both)[0, 1], euclidean_matrix(both)[0, 1]
        line += f"  {tokens[b]:8} (cos {cos:.2f}, d {d:4.1f})"
    print(line)
hub = near["distance"][6][~grammar].mode().values
times = int((near["distance"][6][~grammar] == hub).sum())
print(f"One {tokens[hub]!r} is the nearest of {times} words by distance; its length is", end=" ")
print(f"{lengths[6, hub]:.1f}")

# %% [markdown]
# *Carry* → *carried* or *of*? The formula tells what happened. Keep $a$ and the angle, and let the
# length of $b$ vary:
#
# $$d^2 = \lVert a\rVert^2 + \lVert b\rVert^2 - 2\lVert a\rVert\lVert b\rVert\cos
# \quad\text{is smallest at}\quad \lVert b\rVert = \lVert a\rVert\cos .$$
#
# At a cosine of 0.5 the best neighbour is *half as long* as $a$. Words of full length, however
# related, pay for it; short vectors are near to everybody. Below, each dot is a token; the curves
# join those that are equally far from *carry*.

# %%
a = tokens.index("carry")
cos_to, length = cosine_matrix(last)[a], lengths[6]
points = torch.stack([cos_to, length], 1)
others = ~same_sentence[a]
circled = {}
for (name, found), height in zip(near.items(), (13.6, 1.2)):
    b = int(found[6][a])
    circled[f"{tokens[b]}: nearest by {name}"] = (points[b].tolist(), (0.28, height))


def distance_from_carry(cosine, size):
    own = float(length[a])
    return np.sqrt(own**2 + size**2 - 2 * own * size * cosine)


# %%
plot.scatter(
    {"": {"function words": points[grammar & others], "others": points[~grammar & others]}},
    "cosine with carry",
    "length of the vector",
    "“of” lies on a nearer curve than “carried” for one reason: it is short.",
    "Tokens by cosine with carry and by length. Carried lies farthest right and high up; of far to "
    "the left and low, on the lowest curve.",
    xlim=(-0.2, 0.65),
    ylim=(0.5, 14.5),
    marks={"function words": ("x", plot.COLOURS[1], 18), "others": ("o", plot.COLOURS[0], 18)},
    circled=circled,
    contour=(distance_from_carry, [8.42, 9.4, 10.5], "d = %.1f"),
)

# %% [markdown]
# ### Question 9.8 · Which one to trust?
#
# You search the other sentences for words related to *carry*. Distance gives *of*, cosine gives
# *carried*. What follows?
#
# - **A** Distance is right: *of* lies closer, and lying close is what related means.
# - **B** Use the cosine: length here tells grammar from content and would count against related
#   words.
# - **C** Nothing: both are valid, so take the mean of the two rankings.
# - **D** Use the distance, with more dimensions: the effect comes from having 384 only.

# %% exercise="9.8"
### BEGIN SOLUTION
answer_9_8 = "B"
### END SOLUTION

# %% check="9.8"
check("9.8")

# %% [markdown]
# ## What each ruler ignores
#
# Two experiments on the apples of layer 3. Give each vector another length, at random between half
# and double. Then, instead, add one and the same long vector to all.
#
# **Predict** for each: which ruler notices?

# %%
generator = torch.Generator().manual_seed(0)
factors = 2 ** (2 * torch.rand(10, 1, generator=generator) - 1)
common = F.normalize(torch.randn(384, generator=generator), dim=0) * 40
changed = {
    "as they are": apples[3],
    "other lengths": factors * apples[3],
    "one vector added": apples[3] + common,
}
print(f"{'':18} {'cosine':^22}   {'distance':^22}")
print(f"{'':18} {'within across   AUC':>22}   {'within across   AUC':>22}")
for name, vectors in changed.items():
    line = f"{name:18}"
    for matrix, sign in ((cosine_matrix(vectors), 1), (euclidean_matrix(vectors), -1)):
        w, s = pairs(matrix, senses)
        line += f" {w.mean():8.2f} {s.mean():6.2f} {float(auc(sign * w, sign * s)):6.2f}  "
    print(line)

# %% [markdown]
# - The **cosine** ignores length. It depends on where zero is: a common vector lifts all cosines
#   towards 1. Subtract the mean before you read them.
# - The **distance** ignores where zero is. It depends on length.
#
# So ask what length means in your vectors. Nothing, or how frequent a word or how long a text is:
# cosine. An amount that you want compared (coordinates, concentrations, pixel values): distance.
# And read a model with the ruler it was trained with. Ours was trained with the cosine between
# *means* of token vectors, where a short vector is one that counts little.

# %% [markdown]
# ## The same in Chinese: 蘋果
#
# 蘋果 is the fruit and the company too, and two tokens: two characters, so we take the mean of
# their vectors. Before you compare vectors, look whether the model can read the word at all. Where
# you can go online once, set `MODEL = "bert-base-chinese"`; any other name or a folder works as
# well.
#
# **Predict:** what does the packaged model, which was made for English, see of these sentences?

# %%
MODEL = "minilm"  # or "bert-base-chinese"

chinese = [row[-1] for row in table if row[0] == "chinese"]
reader, chinese_model = load.bert(MODEL)
for sentence in chinese:
    print(sentence, "→", " ".join(reader.tokenize(sentence)))

# %%
picture = None
if set("蘋果") <= set(reader.get_vocab()):
    seen = {sentence: read(reader, chinese_model, sentence) for sentence in chinese}
    pingguo, sorts, _ = words_of("chinese", seen, reader)
    by_layer = {name: auc_by_layer(pingguo, sorts, f) for name, f in MEASURES.items()}
    caption = f"How well the layers of {MODEL} tell fruit from company in Chinese."
    line = (0.5, "chance")
    picture = plot.lines(range(len(pingguo)), by_layer, "layer", "AUC", caption, line=line)
else:
    print(f"{MODEL} has no token for 蘋果: to it every apple is [UNK], one vector for all words.")
picture

# %% [markdown]
# ## What to take away
#
# - On unit vectors the rulers are one: $d^2 = 2 - 2\cos$. They part where lengths differ.
# - Length is not innocent: function words are short, and short vectors are near to everybody.
# - A cosine needs company: that of random pairs in the same layer.
# - A heat map shows that groups differ, not in what. Layer 0 drew the cleanest blocks from the
#   place in the sentence alone.
# - Give a number (AUC, retrieval), on examples made in another way than those you chose by.

# %% [markdown]
# ## How far am I?

# %% check="score"
score("09")
