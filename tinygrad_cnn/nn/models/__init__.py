"""Networks that are ready to train; they live beside the layers, because they are nothing but layers."""

from collections.abc import Callable

from ..module import Module
from .autoencoder import Autoencoder, autoencoder
from .lenet import lenet5
from .mobilenet import InvertedResidual, MobileNetV2, mobilenet_small, mobilenet_v2
from .resnet import BasicBlock, PadShortcut, ResNet, resnet8, resnet18, resnet20
from .seed import seed_cnn
from .unet import UNet, unet
from .vgg import vgg_small

MODELS: dict[str, Callable[..., Module]] = {
    "seed": seed_cnn,
    "lenet5": lenet5,
    "vgg-small": vgg_small,
    "resnet8": resnet8,
    "resnet20": resnet20,
    "resnet18": resnet18,
    "mobilenet-small": mobilenet_small,
    "mobilenet-v2": mobilenet_v2,
}
"""What gives one score a class, under its name on the command line."""

PICTURE_MODELS: dict[str, Callable[..., Module]] = {"unet": unet, "autoencoder": autoencoder}
"""What gives pictures."""

__all__ = [
    "MODELS",
    "PICTURE_MODELS",
    "Autoencoder",
    "BasicBlock",
    "InvertedResidual",
    "MobileNetV2",
    "PadShortcut",
    "ResNet",
    "UNet",
    "autoencoder",
    "lenet5",
    "mobilenet_small",
    "mobilenet_v2",
    "resnet8",
    "resnet18",
    "resnet20",
    "seed_cnn",
    "unet",
    "vgg_small",
]
