# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · Why explain?
#
# A classifier is right on every picture that was kept back to test it. Would you use it?
#
# In this lesson you train one that is right on 100 % of the held-out pictures and knows nothing
# about them. You find out by asking *where it looks*, mend the mistake, find a second one behind
# it, and end with a classifier that is honest and much less impressive.
#
# You need: what a CNN and a gradient are. About 60 minutes.

# %% [markdown] slide="notes"
# Start with the two families on the screen and let the room vote: which creature is which? Write
# the share of right votes down. It is the number to compare the last classifier with.

# %% [markdown]
# `FOLDERS = None` takes the creatures that come with the course. With two paths instead, one folder
# a family, the whole lesson runs on pictures of your own: real Pokémon and Digimon, say. One family
# should be transparent PNG files, the other opaque JPEG files: that is the leak. Any size will do;
# broken files are named and skipped.

# %% tags=["setup"]
import io
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import nn
from tqdm.auto import tqdm

import helpers
from grading.notebook import check, panel, score
from helpers import explain, load, plot

FOLDERS = None  # or two folders, for example ("pokemon", "digimon")
panel("01")

# %% [markdown]
# ## Tanks that were weather
#
# A story is told in many versions. An army wants a machine that finds hidden tanks. A network is
# trained on photographs of forests with and without tanks and is perfect on the held-out ones. In
# the field it is useless. The photographs with tanks had been taken on a cloudy day, those without
# on a sunny one: the network had learned the weather.
#
# Nobody has ever found the army, the network or the photographs; it is most likely a legend. What
# it warns of is real, and you will see it happen below.

# %% [markdown]
# ## Where someone must give a reason
#
# - **Law.** Who is refused a loan or parole may ask why, and a judge must be able to tell a reason
#   from a prejudice.
# - **Medicine.** A model that recognises pneumonia by the hospital's label in the corner of the
#   X-ray is right on this hospital's pictures only.
# - **Cars.** After an emergency stop for nothing, "the network said so" does not help to prevent
#   the next one.
#
# In all three a right answer is not enough: it must be right *for a reason that holds tomorrow*.

# %% [markdown]
# ## A right answer is not intelligence
#
# Around 1904 a horse called **Clever Hans** did sums and tapped the result with his hoof. He was
# really right. Then Oskar Pfungst let him be asked by people who did not know the result, and Hans
# was lost: he had been reading small movements of head and body, which people made at the right
# tap without knowing it.
#
# Image generators have their own Hans moments. Asked for *a salmon swimming in a stream*, one puts
# neat pink fillets into the water: probably because that is what most pictures
# captioned "salmon" show. Asked for a handshake, one draws skin, light and nails beautifully, on
# hands with seven fingers: every piece is right beside its neighbours, and nobody counted.

# %% [markdown]
# ## What do we want at all?
#
# Not a complete account of every weight. We trust surgeons, pilots and bus drivers, and nobody
# understands their brains.
#
# Perhaps we only need *a reason to trust*. That is a low bar, and a dangerous one. In 1978 Ellen
# Langer had people ask to jump the queue at a photocopier. With no reason given 60 % said yes; with
# a real reason ("I'm in a rush") 94 %; with an empty one ("because I have to make copies") 93 %.
# (That was for five pages. For twenty the empty reason helped nobody: 24 %, 42 %, 24 %.)
#
# An explanation can be just as empty and please just as much. So this course *tests* every
# explanation that it makes.

# %% [markdown]
# ## Local and global
#
# A **local** question is about one decision: *why does the network call this picture a cat?*
#
# A **global** question is about the model as a whole: *what does a cat look like to it?*

# %% [markdown]
# ### Question 1.1 · Which one is global?
#
# - **A** Why was *this* application for a loan refused?
# - **B** Which pixels of *this* X-ray raised the score for pneumonia?
# - **C** What must a picture have, in general, for the network to call it a tank?
# - **D** Would the car have stopped if *that* shadow had not been there?

# %% exercise="1.1"
### BEGIN SOLUTION
answer_1_1 = "C"
### END SOLUTION

# %% check="1.1"
check("1.1")

# %% [markdown]
# ## Two families of creatures
#
# Now your own tanks. **Plumlings** tend to be round and pale, **Shardlings** angular and strong in
# colour. They only tend to: the families overlap. There are 400 of each, all different.

# %%
CREATURES = Path(helpers.__file__).parents[1] / "data" / "creatures"
folders = [Path(f) for f in FOLDERS or (CREATURES / "plumlings", CREATURES / "shardlings")]
if isinstance(FOLDERS, str) or len(folders) != 2 or not all(f.is_dir() for f in folders):
    raise ValueError(f"FOLDERS should be None or two folders, one a family; it is {FOLDERS!r}.")
families = [folder.name for folder in folders]
SIDE = 64  # pixels a side of what the network sees

# %% [markdown]
# Opening a file, whatever it is: a palette, grey, transparent or broken. Transparency is kept for
# now. Files of another size are cut and scaled to 64 × 64; a JPEG is compressed again at that size,
# for scaling would blur what its format left in it.


# %%
JPEG_QUALITY = 60  # of our JPEG files


def jpeg(rgb):
    """Compress as JPEG and open again: uint8 (H,W,3) → uint8 (H,W,3)."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=JPEG_QUALITY)
    return np.array(Image.open(file))


# %%
def open_picture(file, name):
    """A picture of SIDE × SIDE pixels, RGB or (where it is transparent) RGBA; None if broken."""
    try:
        with Image.open(file) as picture:
            picture.load()
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        picture = ImageOps.exif_transpose(picture).convert(mode)
        if picture.size == (SIDE, SIDE):
            return picture
        scaled = ImageOps.fit(picture, (SIDE, SIDE))
        picture = Image.fromarray(jpeg(np.array(scaled))) if mode == "RGB" else scaled
        picture.info["scaled"] = scaled
        return picture
    except Exception:  # a damaged file makes Pillow raise almost anything
        print(f"Skipped {name}: not a picture, or a damaged one.")


# %%
paths, pictures = [], []
for family, folder in enumerate(folders):
    for path in sorted(p for p in folder.iterdir() if not p.name.startswith(".")):
        if picture := open_picture(path, path.name):
            paths.append((path, family))
            pictures.append(picture)

# %% [markdown]
# Every fourth picture is **held out**: the network will never be trained on it.

# %%
family_of = torch.tensor([family for _, family in paths])
held_out = torch.arange(len(paths)) % 4 == 0
for family, name in enumerate(families):
    formats = {path.suffix for path, other in paths if other == family}
    if (family_of == family).sum() < 16:
        raise ValueError(
            f"{name} holds fewer than 16 pictures; a network needs more to learn from."
        )
    print(f"{name}: {(family_of == family).sum()} files, {', '.join(sorted(formats))}")

# %%
shown = [torch.where(held_out & (family_of == f))[0][:16].tolist() for f in (0, 1)]
plot.images(
    [plot.sheet([load.image(pictures[i], SIDE) for i in family], columns=4) for family in shown],
    families,
    "Held-out pictures of each family. Where would you draw the line?",
    "Two sheets of small creatures on white, round ones and angular ones, of many colours.",
)

# %% [markdown]
# **Predict:** on how many of 100 new pictures would *you* be right? (Guessing gives 50.)

# %% [markdown]
# ## A perfect classifier
#
# A network takes tensors. This is the loader that everyone writes first: every picture to RGB.


# %%
def as_rgb(picture):
    """PIL picture → (SIDE, SIDE, 3) uint8."""
    return np.array(picture.convert("RGB"))


def tensors(loader, pictures):
    """Pictures as the network sees them: float32 (N,3,SIDE,SIDE) in [0,1]."""
    return torch.from_numpy(np.stack([loader(p) for p in pictures])).permute(0, 3, 1, 2) / 255


images = tensors(as_rgb, pictures)
labels = family_of[held_out]

# %% [markdown]
# Three small convolutions, each with batch norm and ReLU, then the mean over all places (global
# average pooling) and a linear layer with two logits.


# %%
def block(inputs, outputs, kernel):
    conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
    return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]


def network():
    half, mean = nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1)
    layers = [*block(3, 16, 3), half, *block(16, 32, 3), half, *block(32, 64, 1), mean]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64, 2))


# %%
def train(images, family_of, epochs, seed=0):
    """A classifier trained on (N,3,H,W) and (N,): two logits, in eval mode."""
    torch.manual_seed(seed)
    model = network()
    optimiser = torch.optim.AdamW(model.parameters())
    steps = epochs * -(-len(images) // 16)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=0.01, total_steps=steps)
    for _ in tqdm(range(epochs), desc="training"):
        for batch in torch.randperm(len(images)).split(16):
            loss = F.cross_entropy(model(images[batch]), family_of[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return model.eval()


# %% [markdown]
# ### Exercise 1.2 · How often is it right?
#
# Write `accuracy(logits, labels)`: `logits` has shape (N,C), `labels` (N,) holds the right class of
# each picture. Return the share of pictures whose largest logit is the right one, a Python number
# between 0 and 1.


# %% exercise="1.2"
def accuracy(logits, labels):
    """Share of rows of (N,C) whose largest entry stands at the label: a float in [0,1]."""
    ### BEGIN SOLUTION
    return (logits.argmax(1) == labels).float().mean().item()
    ### END SOLUTION


# %% check="1.2"
accuracy = check("1.2")


# %% tags=["long"]
def accuracy_on(model, images):
    with torch.no_grad():
        return accuracy(model(images), labels)


naive = train(images[~held_out], family_of[~held_out], epochs=3)
print(f"right on {accuracy_on(naive, images[held_out]):.1%} of the held-out pictures")

# %% [markdown]
# After three passes over the data it is right on all the held-out pictures. Better than you?
#
# **Predict:** what did it look at: outline, eyes, colours? Note your guess, then ask it.

# %% [markdown]
# ## Where does it look?
#
# The gradient of the predicted family's logit with respect to the pixels, absolute, mean over the
# colours: how strongly does the answer depend on this pixel? (Lesson 02 is about this map.)


# %%
def maps_of(model, images):
    """|gradient| of the predicted family's logit: (N,3,H,W) → (N,H,W)."""
    with torch.no_grad():
        predicted = model(images).argmax(1)
    return explain.gradient(model, images, predicted, chunk=64).abs().mean(1)


maps = maps_of(naive, images[held_out])
noise = explain.random_map(images[held_out])[:, 0]

few = torch.stack([torch.where(labels == f)[0][-2:] for f in (0, 1)], 1).flatten().tolist()
few_names = [families[labels[i]] for i in few]
creatures = [load.image(pictures[torch.where(held_out)[0][i]], SIDE) for i in few]

# %%
plot.heatmaps(
    [*maps[few][:, None], *noise[few][:, None]],
    caption="The creature is dark, what lies around it bright: the network looks past it. A random "
    "map, below, prefers nothing.",
    alt="Four creatures; their gradient maps, dark shapes on bright ground; four maps of dots.",
    above=creatures,
    columns=few_names,
    rows=["creature", "gradient", "random"],
)

# %% [markdown]
# The creatures are *holes*: the network looks at what is around them. The eye says so. Can a
# number say so too?
#
# A tempting one is the share of the map that lies on the background.

# %% [markdown]
# To know where the creature is we need a mask. For each held-out creature there is a second file,
# the same picture in the *other* format, and one of the two is transparent around the creature.
# (Of your own pictures such a file is made here, in memory; near-white counts as background.)


# %%
def other_file(path, picture):
    """The same picture, opened from a file of the other format."""
    if FOLDERS is None:
        (twin,) = (CREATURES / "swapped" / path.parent.name).glob(path.stem + ".*")
        return open_picture(twin, twin.name)
    file, paper = io.BytesIO(), Image.new("RGBA", picture.size, "white")
    if picture.mode == "RGBA":
        Image.alpha_composite(paper, picture).convert("RGB").save(
            file, "JPEG", quality=JPEG_QUALITY
        )
    else:
        pixels = np.array(picture.info.get("scaled", picture).convert("RGBA"))
        pixels[(pixels[..., :3] > 240).all(-1)] = 0
        Image.fromarray(pixels).save(file, "PNG")
    return open_picture(file, path.name)


# %%
kept = [i for i, out in enumerate(held_out) if out]
swapped = [other_file(paths[i][0], pictures[i]) for i in kept]
transparent = [s if s.mode == "RGBA" else pictures[i] for i, s in zip(kept, swapped, strict=True)]
masks = torch.stack([torch.from_numpy(np.array(p)[..., 3] > 127) for p in transparent])
print(f"the background is {(~masks).float().mean():.0%} of a picture")


# %%
def share_outside(maps):
    return ((maps * ~masks).sum((1, 2)) / maps.sum((1, 2))).nanmean().item()


print(f"share of the gradient on the background: {share_outside(maps):.0%}")
print(f"share of a random map on the background: {share_outside(noise):.0%}")

# %% [markdown]
# ### Question 1.3 · A weak sign
#
# Somebody reports: "70 % of the saliency lies on the background, so the network looks at the
# background." What do you answer?
#
# - **A** True: more than half is on the background.
# - **B** Where the background is 70 % of the picture, a map of random numbers has that share too.
# - **C** False: saliency never lies on the background.
# - **D** It only holds if the network is right on all pictures.

# %% exercise="1.3"
### BEGIN SOLUTION
answer_1_3 = "B"
### END SOLUTION

# %% check="1.3"
check("1.3")

# %% [markdown]
# ### Exercise 1.4 · Mass per area
#
# Compare fairly: strength *per pixel*. Write `outside_inside(maps, masks)`. `maps` (N,H,W) is
# never negative; `masks` (N,H,W) is True on the creature. For each picture return the mean of the
# map over the background divided by the mean over the creature, shape (N,). A map that ignores the
# creature gets about 1.


# %% exercise="1.4"
def outside_inside(maps, masks):
    """Mean outside the mask over mean inside it: (N,H,W) and bool (N,H,W) → (N,)."""
    ### BEGIN SOLUTION
    inside = (maps * masks).sum((1, 2)) / masks.sum((1, 2))
    outside = (maps * ~masks).sum((1, 2)) / (~masks).sum((1, 2))
    return outside / inside
    ### END SOLUTION


# %% check="1.4"
outside_inside = check("1.4")

# %%
looks = {"random map": outside_inside(noise, masks), "gradient": outside_inside(maps, masks)}
for name, ratios in looks.items():
    print(f"{name}: {ratios.nanmedian():.2f} times as strong outside as inside (median)")

# %% [markdown]
# ## Swap the files
#
# The map raises a suspicion; it proves nothing. An experiment can: show the network the *same
# creatures* from the other files.
#
# **Predict** its accuracy. (Guessing would give 50 %.)

# %%
my_prediction = None  # the accuracy on swapped files, in %

# %%
images_swapped = tensors(as_rgb, swapped)
print(f"own files:     {accuracy_on(naive, images[held_out]):.1%}")
print(f"swapped files: {accuracy_on(naive, images_swapped):.1%}")
print(f"your prediction: {my_prediction} %" if my_prediction is not None else "(no prediction)")

# %% [markdown]
# Not 50 %: *below* it, on creatures that look the same to you. The network does not see families;
# it sees file formats. But what does a picture's format look like from the inside? Look at what the
# network was really given:

# %%
plot.images(
    images[held_out][few],
    caption="What the network is given: black around one family, white around the other. It never "
    "has to look at a creature.",
    alt="Four creatures, those of the first family on black, those of the second on white.",
    columns=few_names,
)

# %% [markdown]
# Where a PNG is transparent, its pixels still have a colour that nobody sees, here black. Turning
# RGBA into RGB throws the transparency away and lets that black out.

# %% [markdown]
# ### Exercise 1.5 · Four pixels are enough
#
# Write `corner_brightness(images)`: for each picture of (N,3,H,W) the mean of its four corner
# pixels over all channels, shape (N,).


# %% exercise="1.5"
def corner_brightness(images):
    """Mean of the four corner pixels: (N,3,H,W) → (N,)."""
    ### BEGIN SOLUTION
    return images[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].mean((1, 2))
    ### END SOLUTION


# %% check="1.5"
corner_brightness = check("1.5")

# %%
brightness = corner_brightness(images[held_out])
by_corners = (brightness > 0.5).long()
print(f"one if-statement on four pixels is right on {(by_corners == labels).float().mean():.1%}")

# %% [markdown]
# ## Mend the loader
#
# Put the picture on white paper before the transparency is thrown away. With alpha $a$ between 0
# (clear) and 1 (solid), each channel becomes
#
# $$\text{colour} \cdot a + \text{white} \cdot (1 - a).$$

# %% [markdown]
# ### Exercise 1.6 · On white
#
# Write `on_white(pixels)`: `pixels` is a uint8 array (H,W,4), red, green, blue and alpha, all from
# 0 to 255. Return the picture on white, rounded to uint8 (H,W,3). Mind that uint8 overflows: 255 +
# 1 is 0.


# %% exercise="1.6"
def on_white(pixels):
    """Composite over white: uint8 (H,W,4) → uint8 (H,W,3)."""
    ### BEGIN SOLUTION
    alpha = pixels[..., 3:].astype(np.float32) / 255
    white = 255 * (1 - alpha)
    return np.round(pixels[..., :3] * alpha + white).astype(np.uint8)
    ### END SOLUTION


# %% check="1.6"
on_white = check("1.6")


# %% tags=["long"]
def mended(picture):
    """PIL picture → (SIDE, SIDE, 3) uint8, transparent parts white."""
    return on_white(np.array(picture.convert("RGBA")))


images = tensors(mended, pictures)
images_swapped = tensors(mended, swapped)
second = train(images[~held_out], family_of[~held_out], epochs=8)
print(f"own files:     {accuracy_on(second, images[held_out]):.1%}")

# %% [markdown]
# Every picture stands on white now, and you saw how much the families overlap.
#
# **Predict:** is this accuracy honest? Then swap the files once more.

# %%
print(f"swapped files: {accuracy_on(second, images_swapped):.1%}")

# %% [markdown]
# ## A second leak
#
# To the eye all is well, but for a few specks. Multiply what differs from white by 20:

# %%
amplified = 1 - 20 * (1 - images[held_out][few])
second_maps = maps_of(second, images[held_out])
ratio = outside_inside(second_maps, masks).nanmedian()
print(f"gradient: {ratio:.1f} times as strong outside the creature as inside")
plot.images(
    [*images[held_out][few], *amplified],
    caption="A JPEG leaves faint blocks on the white, a PNG leaves nothing: the white alone gives "
    "the family away. (The creatures, far from white, turn black.)",
    alt="Above, four creatures on white. Below, the same amplified: the two of one family have a "
    "halo of blocks around them, the two of the other none.",
    columns=few_names,
    rows=["as given", "distance to\nwhite × 20"],
)

# %% [markdown]
# JPEG stores blocks of 8 × 8 pixels as rounded waves. Near an edge the rounding leaves faint
# ripples on the white. Your eye ignores them; a network that gains by them does not.
#
# One leak hid the other. We found the second only because we swapped the files *again*.

# %% [markdown]
# ## Treat both alike
#
# A residue cannot be washed out reliably. But we can give it to everyone: then it tells nothing.
# Let every picture have *the same history*: exactly one JPEG compression, at the quality that the
# second family's files have.

# %% [markdown]
# ### Exercise 1.7 · The same history
#
# Write `same_history(pixels, was_jpeg, on_white, jpeg)`. `pixels` is uint8: (H,W,3) from a JPEG
# file (then `was_jpeg` is True), (H,W,4) from a PNG. `on_white` is the function you
# just wrote. `jpeg(rgb)` compresses and opens again, (H,W,3) → (H,W,3). Return uint8 (H,W,3) that
# has been through exactly one JPEG compression, on white.


# %% exercise="1.7"
def same_history(pixels, was_jpeg, on_white, jpeg):
    """Pixels after exactly one JPEG compression on white: uint8 (H,W,3)."""
    ### BEGIN SOLUTION
    if was_jpeg:
        return pixels
    return jpeg(on_white(pixels))
    ### END SOLUTION


# %% check="1.7"
same_history = check("1.7")


# %%
def alike(picture):
    """PIL picture → (SIDE, SIDE, 3) uint8, compressed once, whatever file it came from."""
    return same_history(np.array(picture), picture.mode == "RGB", on_white, jpeg)


images = tensors(alike, pictures)
images_swapped = tensors(alike, swapped)
differ = (images[held_out] != images_swapped).flatten(1).any(1).sum()
print(f"{differ} of {len(labels)} creatures still look different from their other file")

# %% [markdown]
# A test that needs no network: whatever file a creature comes from, the loader gives the same
# pixels. What remains cannot be the file format.
#
# **Predict:** what is the accuracy now, and what will swapping do to it?

# %% tags=["long"]
honest = train(images[~held_out], family_of[~held_out], epochs=8)
print(f"own files:     {accuracy_on(honest, images[held_out]):.1%}")
print(f"swapped files: {accuracy_on(honest, images_swapped):.1%}")

# %% [markdown]
# ### Question 1.8 · Just compress everything?
#
# Simpler: send *all* pictures through `jpeg`, whatever their file. We tried, three times each. At
# quality 60: 79 to 83 % right on own files, 52 to 62 % on swapped ones. At quality 40: 99 to 100 %
# and 0 to 2 %. Why does that fail?
#
# - **A** The network was trained for too short a time.
# - **B** JPEG compression at that quality makes the creatures unrecognisable.
# - **C** Some pictures are then compressed once and others twice, and twice leaves other traces.
# - **D** Transparent pixels turn black again.

# %% exercise="1.8"
### BEGIN SOLUTION
answer_1_8 = "C"
### END SOLUTION

# %% check="1.8"
check("1.8")

# %% [markdown]
# ## Where does it look now?
#
# The number before each row is the median of outside / inside over all held-out pictures.

# %% tags=["cover"]
three = {"naive": maps, "on white": second_maps, "alike": maps_of(honest, images[held_out])}
ratios = {name: outside_inside(m, masks).nanmedian().item() for name, m in three.items()}
plot.heatmaps(
    [m[i][None] for m in three.values() for i in few],
    caption="The first two classifiers look around the creature, the third one at it. The number: "
    "how many times as strong the map is outside the creature as inside.",
    alt="Four creatures and their gradient maps by three classifiers: dark creatures in bright "
    "surroundings twice, then bright creatures in dark ones.",
    above=creatures,
    columns=few_names,
    rows=["creature", *(f"{name}\n{ratio:.1f}" for name, ratio in ratios.items())],
)

# %%
models = {"naive": (naive, as_rgb), "on white": (second, mended), "alike": (honest, alike)}
held_out_pictures = [pictures[i] for i in kept]
results = {
    files: [accuracy_on(model, tensors(loader, them)) for model, loader in models.values()]
    for files, them in (("own files", held_out_pictures), ("swapped files", swapped))
}
plot.bars(
    list(models),
    results,
    "accuracy",
    "Only the classifier that was trained on pictures with one history keeps its accuracy when the "
    "files are swapped.",
    line=(labels.bincount().max().item() / len(labels), "guessing"),
)

# %% [markdown]
# The honest classifier looks at creatures and is right on about three of four. That is not a worse
# result than 100 %; it is the first one that says anything about the creatures.
#
# What the maps did *not* do: tell us the cause. "The background" was a hint. The swap *proved*
# that the file decides and not the creature. That black pixels were not the whole cause we learned
# by removing them and swapping again; that nothing of the format is left, by giving all pictures
# the same history. A map raises a question, an experiment answers it.

# %% [markdown]
# ## What to take with you
#
# - Held-out data from the same source share the same flaws. 100 % is a reason to be suspicious.
# - Report an explanation beside a control (a random map) and per area, not as a share.
# - A suspicion from a map needs an experiment: change the suspected cause alone and look again.
# - One leak may hide another. Repeat the test after every repair.
#
# On your own two folders the swapped files are made here from what you have. A JPEG of 64 × 64
# turned into a PNG keeps its ripples, and an opaque PNG is taken for a JPEG: look at how many
# "still look different" before you believe the last accuracy.

# %% [markdown]
# ## How far am I?

# %% check="score"
score("01")
