# %% wrong="1.2" mistake="keepdim leaves (N,1), and comparing it with (N,) broadcasts to (N,N): every prediction is compared with every label"
def accuracy(logits, labels):
    predicted = logits.argmax(1, keepdim=True)
    return (predicted == labels).float().mean().item()


# %% wrong="1.4" mistake="both means are divided by the whole picture's area, so the areas of background and creature are not taken into account"
def outside_inside(maps, masks):
    outside = (maps * ~masks).mean((1, 2))
    inside = (maps * masks).mean((1, 2))
    return outside / inside


# %% wrong="1.7" mistake="everything goes through jpeg: pictures from a JPEG file are compressed a second time"
def same_history(pixels, was_jpeg, on_white, jpeg):
    rgb = pixels if was_jpeg else on_white(pixels)
    return jpeg(rgb)


# %% wrong="1.5" mistake="two index lists are paired up: only top left and bottom right are read, two corners instead of four"
def corner_brightness(images):
    corners = images[:, :, [0, -1], [0, -1]]
    return corners.mean((1, 2))


# %% right="1.2" way="plain loop that counts the hits"
def accuracy(logits, labels):
    hits = 0
    for row, label in zip(logits, labels):
        if int(row.argmax()) == int(label):
            hits += 1
    return hits / len(labels)


# %% wrong="1.6" mistake="all the arithmetic stays in uint8 and overflows"
def on_white(pixels):
    rgb = pixels[..., :3]
    a = pixels[..., 3:]
    return (rgb * a + 255 * (255 - a)) // 255


# %% wrong="1.4" mistake="the boolean index mixes all pictures: one ratio for the whole batch instead of one for each picture"
def outside_inside(maps, masks):
    return maps[~masks].mean() / maps[masks].mean()


# %% wrong="1.6" mistake="white is taken as 1 while the colours run to 255: transparent places become almost black"
def on_white(pixels):
    a = pixels[:, :, 3:].astype(float) / 255
    rgb = pixels[:, :, :3].astype(float)
    out = rgb * a + 1 * (1 - a)
    return np.round(out).astype(np.uint8)


# %% right="1.4" way="einsum in float64, divided by the areas"
def outside_inside(maps, masks):
    m = maps.double()

    def mean_over(region):
        region = region.double()
        return torch.einsum("nhw,nhw->n", m, region) / region.sum((1, 2))

    return (mean_over(~masks) / mean_over(masks)).to(maps.dtype)


# %% wrong="1.7" mistake="for a JPEG file nothing is returned: the function ends without a return outside the if"
def same_history(pixels, was_jpeg, on_white, jpeg):
    if not was_jpeg:
        rgb = on_white(pixels)
        return jpeg(rgb)


# %% wrong="1.5" mistake="the four corners are added but the sum is not divided by four"
def corner_brightness(images):
    tl = images[:, :, 0, 0]
    tr = images[:, :, 0, -1]
    bl = images[:, :, -1, 0]
    br = images[:, :, -1, -1]
    return (tl + tr + bl + br).mean(1)


# %% wrong="1.2" mistake="returns a tensor, not a Python number (item is missing)"
def accuracy(logits, labels):
    correct = torch.argmax(logits, dim=-1) == labels
    return correct.float().mean()


# %% wrong="1.4" mistake="the fraction is upside down: inside divided by outside"
def outside_inside(maps, masks):
    ratios = []
    for i in range(len(maps)):
        inside = maps[i][masks[i]].mean()
        outside = maps[i][~masks[i]].mean()
        ratios.append(inside / outside)
    return torch.stack(ratios)


# %% wrong="1.6" mistake="only fully transparent pixels are made white, half-transparent ones keep their colour, and the argument is overwritten because a slice is a view"
def on_white(pixels):
    rgb = pixels[..., :3]
    rgb[pixels[..., 3] == 0] = 255
    return rgb


# %% right="1.5" way="rows first, then columns, then the mean of everything that is left"
def corner_brightness(images):
    rows = images[:, :, [0, -1], :]
    corners = rows[:, :, :, [0, -1]]
    return corners.flatten(1).mean(1)


# %% wrong="1.7" mistake="the alpha channel is cut off instead of putting the picture on white: the hidden colour comes out again"
def same_history(pixels, was_jpeg, on_white, jpeg):
    if was_jpeg:
        return pixels
    return jpeg(np.ascontiguousarray(pixels[..., :3]))


# %% wrong="1.2" mistake="compares one logit with 0.5 as if it were a probability, and knows two classes only"
def accuracy(logits, labels):
    predicted = (logits[:, 1] > 0.5).long()
    right = (predicted == labels).sum().item()
    return right / len(labels)


# %% wrong="1.4" mistake="outside and inside are both the same tensor as maps and not copies: after both assignments everything is 0, and the argument is destroyed"
def outside_inside(maps, masks):
    outside = maps
    outside[masks] = 0
    inside = maps
    inside[~masks] = 0
    mean_out = outside.sum((1, 2)) / (~masks).sum((1, 2))
    mean_in = inside.sum((1, 2)) / masks.sum((1, 2))
    return mean_out / mean_in


# %% right="1.6" way="integers of 32 bits, rounded division, one channel after the other"
def on_white(pixels):
    wide = pixels.astype(np.int32)
    a = wide[..., 3]
    channels = []
    for c in range(3):
        value = wide[..., c] * a + 255 * (255 - a)
        channels.append((value + 127) // 255)
    return np.stack(channels, axis=-1).astype(np.uint8)


# %% wrong="1.5" mistake="the step 63 finds the corners of 64 by 64 pictures only; other sizes give other pixels"
def corner_brightness(images):
    return images[:, :, ::63, ::63].mean(dim=(1, 2, 3))


# %% wrong="1.7" mistake="wrong order: the PNG is compressed with its alpha channel first and put on white afterwards"
def same_history(pixels, was_jpeg, on_white, jpeg):
    if was_jpeg:
        result = pixels
    else:
        result = on_white(jpeg(pixels))
    return result


# %% right="1.4" way="nan where the pixel does not count, then nanmean"
def outside_inside(maps, masks):
    nan = torch.full_like(maps, float("nan"))
    inside = torch.where(masks, maps, nan).flatten(1).nanmean(1)
    outside = torch.where(masks, nan, maps).flatten(1).nanmean(1)
    return outside / inside


# %% wrong="1.6" mistake="the result stays a float array; it is never turned back into uint8"
def on_white(pixels):
    alpha = pixels[..., 3:4] / 255.0
    return pixels[..., :3] * alpha + 255 * (1 - alpha)


# %% right="1.7" way="a list of steps that is empty for a JPEG"
def same_history(pixels, was_jpeg, on_white, jpeg):
    steps = [] if was_jpeg else [on_white, jpeg]
    result = pixels.copy()
    for step in steps:
        result = step(result)
    return result
