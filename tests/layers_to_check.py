"""Every layer of `nn`, small, with the shape of what it is called on: what `check_module` is tried with."""

import numpy as np
from modules_to_check import Lists, seeded, small_net

from tinygrad_cnn import nn, tensor


def filled(module, value=0.0):
    for p in module.parameters():
        p.replace(np.full_like(p.array, value))
    return module


LABELS = np.array([0, 2, 1, 0])
SCORES = (4, 3)


LAYERS = {
    "conv": (lambda: nn.Conv2d(2, 3, (3, 2), generator=seeded()), (2, 2, 4, 5)),
    "conv-stride-padding": (lambda: nn.Conv2d(2, 3, 3, (2, 1), (1, 2), generator=seeded()), (1, 2, 5, 4)),
    "conv-dilation-no-bias": (
        lambda: nn.Conv2d(2, 3, (2, 3), dilation=(2, 1), bias=False, generator=seeded()),
        (1, 2, 5, 4),
    ),
    "conv-groups": (lambda: nn.Conv2d(4, 6, 2, groups=2, generator=seeded()), (1, 4, 3, 4)),
    "conv-transpose": (lambda: nn.ConvTranspose2d(2, 3, 3, 2, generator=seeded()), (1, 2, 2, 3)),
    "linear": (lambda: nn.Linear(3, 2, generator=seeded()), (5, 3)),
    "linear-zeros": (lambda: filled(nn.Linear(3, 2)), (5, 3)),
    "batch-norm": (lambda: nn.BatchNorm2d(2), (3, 2, 2, 4)),
    "batch-norm-eval": (lambda: nn.BatchNorm2d(2).eval(), (3, 2, 2, 4)),
    "batch-norm-cumulative": (lambda: nn.BatchNorm2d(2, momentum=None), (3, 2, 2, 4)),
    "batch-norm-bare": (lambda: nn.BatchNorm2d(2, affine=False, track_running_stats=False), (3, 2, 2, 4)),
    "dropout": (lambda: nn.Dropout(0.4), (4, 5)),
    "dropout-own-generator": (lambda: nn.Dropout(0.4, generator=seeded(5)), (4, 5)),
    "dropout-eval": (lambda: nn.Dropout(0.4).eval(), (4, 5)),
    "max-pool": (lambda: nn.MaxPool2d((2, 3), (2, 1), (1, 0)), (1, 2, 4, 5)),
    "avg-pool": (lambda: nn.AvgPool2d((2, 3), (2, 1), (1, 0)), (1, 2, 4, 5)),
    "relu": (nn.ReLU, (3, 4)),
    "sigmoid": (nn.Sigmoid, (3, 4)),
    "tanh": (nn.Tanh, (3, 4)),
    "softmax": (lambda: nn.Softmax(1), (3, 4)),
    "log-softmax": (lambda: nn.LogSoftmax(dim=0), (3, 4)),
    "softmin": (lambda: nn.Softmin(dim=0), (3, 4)),
    "cosine-similarity": (nn.CosineSimilarity, [(3, 4), (3, 4)]),
    "pairwise-distance": (lambda: nn.PairwiseDistance(3.0), [(3, 4), (3, 4)]),
    "flatten": (nn.Flatten, (2, 3, 2)),
    "cross-entropy": (nn.CrossEntropyLoss, [SCORES, LABELS]),
    "cross-entropy-settings": (
        lambda: nn.CrossEntropyLoss([1.0, 2.0, 0.5], 2, "sum", 0.1),
        [SCORES, tensor(LABELS)],
    ),
    "nll": (nn.NLLLoss, [SCORES, LABELS]),
    "mse": (nn.MSELoss, [SCORES, SCORES]),
    "network": (small_net, (3, 2, 4, 6)),
    "network-eval": (lambda: small_net().eval(), (3, 2, 4, 6)),
    "empty-sequential": (nn.Sequential, (2, 3)),
    "identity": (nn.Identity, (2, 3)),
    "lists": (Lists, (4, 3)),
    "residual": (lambda: nn.Residual(nn.Tanh(), nn.Linear(3, 3, generator=seeded())), (4, 3)),
    "empty-batch": (lambda: nn.Linear(3, 2), (0, 3)),
}


SHARES = np.linspace(0.2, 0.8, 12).reshape(4, 3)
SIGNS = np.array([[1, -1, 1], [-1, 1, 1], [1, 1, -1], [-1, -1, 1]])
LAYERS |= {
    name: (getattr(nn, name), (3, 4))
    for name in (
        *("CELU", "ELU", "GELU", "SELU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU"),
        *("LogSigmoid", "Mish", "PReLU", "ReLU6", "SiLU", "Softplus", "Softshrink", "Softsign", "Tanhshrink"),
    )
}
LAYERS |= {
    "Threshold": (lambda: nn.Threshold(0.1, 2.0), (3, 4)),
    "BCELoss": (nn.BCELoss, [SHARES, 1 - SHARES]),
    "BCEWithLogitsLoss": (nn.BCEWithLogitsLoss, [SCORES, SHARES]),
    "CosineEmbeddingLoss": (nn.CosineEmbeddingLoss, [SCORES, SCORES, SIGNS[:, 0]]),
    "DiceLoss": (nn.DiceLoss, [SHARES.reshape(2, 2, 3), np.array([[0, 1, 1], [1, 0, 1]])]),
    "GaussianNLLLoss": (nn.GaussianNLLLoss, [SCORES, SCORES, SHARES]),
    "HingeEmbeddingLoss": (nn.HingeEmbeddingLoss, [SCORES, SIGNS]),
    "HuberLoss": (nn.HuberLoss, [SCORES, SCORES]),
    "KLDivLoss": (lambda: nn.KLDivLoss("batchmean"), [SCORES, SHARES]),
    "L1Loss": (nn.L1Loss, [SCORES, SCORES]),
    "MarginRankingLoss": (nn.MarginRankingLoss, [SCORES, SCORES, SIGNS]),
    "PoissonNLLLoss": (nn.PoissonNLLLoss, [SCORES, SHARES]),
    "SigmoidFocalLoss": (nn.SigmoidFocalLoss, [SCORES, (SIGNS + 1) // 2]),
    "SmoothL1Loss": (nn.SmoothL1Loss, [SCORES, SCORES]),
    "SoftMarginLoss": (nn.SoftMarginLoss, [SCORES, SIGNS]),
}
LAYERS |= {
    "ZeroPad1d": (lambda: nn.ZeroPad1d((1, 2)), (2, 3, 4)),
    "ZeroPad2d": (lambda: nn.ZeroPad2d((1, -1, 2, 0)), (2, 3, 4)),
    "ConstantPad1d": (lambda: nn.ConstantPad1d(1, 0.5), (2, 3, 4)),
    "ConstantPad2d": (lambda: nn.ConstantPad2d((1, -1, 2, 0), 0.5), (2, 3, 4)),
    "ReflectionPad1d": (lambda: nn.ReflectionPad1d((3, 1)), (2, 3, 4)),
    "ReflectionPad2d": (lambda: nn.ReflectionPad2d((3, -1, 2, 0)), (2, 3, 4)),
    "ReplicationPad1d": (lambda: nn.ReplicationPad1d((3, 1)), (2, 3, 4)),
    "ReplicationPad2d": (lambda: nn.ReplicationPad2d((5, -1, 2, 0)), (2, 3, 4)),
    "CircularPad1d": (lambda: nn.CircularPad1d((4, 1)), (2, 3, 4)),
    "CircularPad2d": (lambda: nn.CircularPad2d((3, -1, 2, 0)), (2, 3, 4)),
    "Bilinear": (lambda: nn.Bilinear(3, 2, 4, generator=seeded()), [(5, 3), (5, 2)]),
    "Unflatten": (lambda: nn.Unflatten(1, (2, -1)), (2, 4)),
}
LAYERS |= {
    "Conv1d": (lambda: nn.Conv1d(2, 3, 3, 2, 1, generator=seeded()), (2, 2, 6)),
    "Conv1d-circular": (lambda: nn.Conv1d(2, 3, 2, 1, "same", 2, padding_mode="circular"), (2, 2, 6)),
    "Conv2d-reflect": (lambda: nn.Conv2d(2, 3, 3, 1, (1, 0), padding_mode="reflect"), (1, 2, 4, 5)),
    "Conv2d-multiplier": (lambda: nn.Conv2d(3, 6, 2, groups=3, generator=seeded()), (1, 3, 3, 4)),
    "SeparableConv2d": (lambda: nn.SeparableConv2d(2, 3, 2, depth_multiplier=2), (1, 2, 3, 4)),
    "ConvTranspose1d": (lambda: nn.ConvTranspose1d(2, 3, 3, 2, 1, 1, generator=seeded()), (2, 2, 3)),
    "MaxPool1d": (lambda: nn.MaxPool1d(3, 2, 1), (2, 2, 6)),
    "AvgPool1d": (lambda: nn.AvgPool1d(3, 2, 1, count_include_pad=False), (2, 2, 6)),
    "LPPool1d": (lambda: nn.LPPool1d(2, 2), (2, 2, 5)),
    "LPPool2d": (lambda: nn.LPPool2d(2, (2, 3), ceil_mode=True), (2, 2, 3, 5)),
    "AdaptiveAvgPool1d": (lambda: nn.AdaptiveAvgPool1d(3), (2, 2, 5)),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d((2, 3)), (2, 2, 3, 7)),
    "AdaptiveMaxPool1d": (lambda: nn.AdaptiveMaxPool1d(3), (2, 2, 5)),
    "AdaptiveMaxPool2d": (lambda: nn.AdaptiveMaxPool2d((2, 3)), (2, 2, 3, 7)),
    "MaxUnpool1d": (lambda: nn.MaxUnpool1d(2), [(1, 2, 3), np.array([[[0, 3, 4], [1, 2, 5]]])]),
    "MaxUnpool2d": (lambda: nn.MaxUnpool2d(2), [(1, 1, 1, 2), np.array([[[[5, 2]]]])]),
}


LAYERS |= {
    "AlphaDropout": (lambda: nn.AlphaDropout(0.3), (4, 5)),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3), (4, 3)),
    "ChannelShuffle": (lambda: nn.ChannelShuffle(2), (2, 4, 3)),
    "DropPath": (lambda: nn.DropPath(0.4), (4, 5)),
    "Dropout1d": (lambda: nn.Dropout1d(0.4), (2, 3, 4)),
    "Dropout2d": (lambda: nn.Dropout2d(0.4), (2, 3, 2, 3)),
    "FeatureAlphaDropout": (lambda: nn.FeatureAlphaDropout(0.4), (2, 3, 4)),
    "Fold": (lambda: nn.Fold((3, 4), 2), (2, 8, 6)),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), (2, 4, 3)),
    "InstanceNorm1d": (lambda: nn.InstanceNorm1d(2, affine=True), (3, 2, 4)),
    "InstanceNorm2d": (lambda: nn.InstanceNorm2d(2, track_running_stats=True), (2, 2, 3, 2)),
    "LayerNorm": (lambda: nn.LayerNorm((3, 4)), (2, 3, 4)),
    "LocalResponseNorm": (lambda: nn.LocalResponseNorm(3, 0.5), (2, 4, 3)),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), (2, 4, 2, 3)),
    "PixelUnshuffle": (lambda: nn.PixelUnshuffle(2), (2, 1, 4, 6)),
    "RMSNorm": (lambda: nn.RMSNorm(4), (3, 4)),
    "Unfold": (lambda: nn.Unfold((2, 3), padding=1, stride=2), (1, 2, 4, 5)),
    "Upsample": (lambda: nn.Upsample(scale_factor=1.7, mode="bilinear"), (1, 2, 3, 4)),
    "UpsamplingBilinear2d": (lambda: nn.UpsamplingBilinear2d((5, 3)), (1, 2, 3, 4)),
    "UpsamplingNearest2d": (lambda: nn.UpsamplingNearest2d(scale_factor=2), (1, 2, 3, 4)),
}
