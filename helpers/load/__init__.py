"""Pictures, networks and language models: what every explanation starts from."""

from helpers.load.devices import device
from helpers.load.food import food_checkpoint, food_cnn, food_images
from helpers.load.images import folder, image, photograph, photographs
from helpers.load.networks import class_index, network, top_classes
from helpers.load.text import bert, masked_lm, question_answering

__all__ = [
    "bert",
    "class_index",
    "device",
    "folder",
    "food_checkpoint",
    "food_cnn",
    "food_images",
    "image",
    "masked_lm",
    "network",
    "photograph",
    "photographs",
    "question_answering",
    "top_classes",
]
