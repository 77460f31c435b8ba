"""Explanations of a classifier's answer, all called as `method(model, images, target, ...)`.

Images are float32 (N, 3, H, W) in [0, 1], the normalisation is inside the model, the target is a
class index or one per image. What comes back is the raw map, signed where the method is signed,
on the images' device. Each file is one family of methods.
"""

from helpers.explain.controls import random_map, sobel
from helpers.explain.gradients import gradient, smoothgrad, smoothgrad_squared, vargrad
from helpers.explain.occlusion import occlusion

__all__ = [
    "gradient",
    "occlusion",
    "random_map",
    "smoothgrad",
    "smoothgrad_squared",
    "sobel",
    "vargrad",
]
