"""Pictures and networks: what every explanation starts from."""

from helpers.load.devices import device
from helpers.load.food import food_checkpoint, food_cnn, food_images
from helpers.load.images import folder, image, photograph, photographs
from helpers.load.networks import class_index, network, top_classes

__all__ = [
    "class_index",
    "device",
    "folder",
    "food_checkpoint",
    "food_cnn",
    "food_images",
    "image",
    "network",
    "photograph",
    "photographs",
    "top_classes",
]
