"""What lesson 01 feeds an answer and collects from it."""

import numpy as np

from grading.jail.tasks import tensor


def q1_2(accuracy, case):
    return {"the accuracy": accuracy(tensor(case["logits"]), tensor(case["labels"]))}


def q1_4(outside_inside, case):
    maps, masks = tensor(case["maps"]), tensor(case["masks"])
    return {"the ratio": outside_inside(maps, masks)}


def q1_5(corner_brightness, case):
    return {"the brightness": corner_brightness(tensor(case["images"]))}


def q1_6(on_white, case):
    pixels = case["pixels"].copy()
    return {"the picture": on_white(pixels)}


def q1_7(same_history, case):
    def on_white(pixels):
        """Stands for exercise 1.6: opaque where alpha is above 127, white elsewhere."""
        if pixels.shape[-1] != 4:
            raise ValueError("on_white takes pixels with four channels, (H,W,4).")
        return np.where(pixels[..., 3:] > 127, pixels[..., :3], 255).astype(np.uint8)

    def jpeg(rgb):
        """Stands for a compression: each one halves the contrast, so that they can be counted."""
        if rgb.shape[-1] != 3:
            raise ValueError("jpeg takes pixels with three channels, (H,W,3).")
        return (rgb // 2 + 40).astype(np.uint8)

    return {"the picture": same_history(case["pixels"].copy(), case["was_jpeg"], on_white, jpeg)}
