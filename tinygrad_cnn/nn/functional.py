"""The functions of `tinygrad_cnn.functional`, in the place where PyTorch has them: one set, two names."""

from ..functional import *  # noqa: F403
from ..functional import __all__ as __all__  # type: ignore[attr-defined]  # made there when it runs
