"""Explanations of a classifier's answer, all called as `method(model, images, target, ...)`.

Images are float32 (N, 3, H, W) in [0, 1], the normalisation is inside the model, the target is a
class index or one per image. What comes back is the raw map, signed where the method is signed,
on the images' device. Each file is one family of methods.
"""

from helpers.explain.cam import (
    cam,
    captured,
    gradcam,
    gradcam_plus_plus,
    hirescam,
    layercam,
    scorecam,
)
from helpers.explain.controls import centre, random_map, sobel
from helpers.explain.faithfulness import (
    deletion,
    hit,
    insertion,
    mass,
    model_randomization,
    randomized,
    rank_correlation,
)
from helpers.explain.gradients import (
    gradient,
    noisy_gradients,
    smoothgrad,
    smoothgrad_squared,
    vargrad,
)
from helpers.explain.guided import deconvolution, guided_backprop
from helpers.explain.integrated_gradients import integrated_gradients
from helpers.explain.lime import (
    lime_image,
    lime_masks,
    lime_surrogate,
    masked_logits,
    superpixels,
)
from helpers.explain.lime_texts_and_tables import lime_table, lime_text
from helpers.explain.occlusion import occlusion

__all__ = [
    "cam",
    "captured",
    "centre",
    "deconvolution",
    "deletion",
    "gradcam",
    "gradcam_plus_plus",
    "gradient",
    "guided_backprop",
    "hirescam",
    "hit",
    "insertion",
    "integrated_gradients",
    "layercam",
    "lime_image",
    "lime_masks",
    "lime_surrogate",
    "lime_table",
    "lime_text",
    "masked_logits",
    "mass",
    "model_randomization",
    "noisy_gradients",
    "occlusion",
    "random_map",
    "randomized",
    "rank_correlation",
    "scorecam",
    "smoothgrad",
    "smoothgrad_squared",
    "sobel",
    "superpixels",
    "vargrad",
]
