"""Pictures and networks: what every explanation starts from."""

from helpers.load.images import folder, image, photograph, photographs
from helpers.load.networks import class_index, device, network, top_classes

__all__ = [
    "class_index",
    "device",
    "folder",
    "image",
    "network",
    "photograph",
    "photographs",
    "top_classes",
]
