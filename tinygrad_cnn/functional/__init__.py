"""Everything that computes on tensors, under PyTorch's names: arguments are checked here, derivatives live
in `ops`."""

from typing import TYPE_CHECKING

from . import methods
from .activation import *
from .activation_curves import *
from .activation_pieces import *
from .arithmetic import *
from .arrange import *
from .checkpoint import *
from .compare import *
from .conv import *
from .conv_transpose import *
from .create import *
from .custom import *
from .derivatives import *
from .dropout import *
from .einsum import *
from .elementwise import *
from .extremes import *
from .grid import *
from .indexing import *
from .interchange import *
from .join import *
from .linear import *
from .loss import *
from .loss_margins import *
from .loss_shares import *
from .loss_values import *
from .masks import *
from .moments import *
from .normalise import *
from .normalise_rows import *
from .norms import *
from .order import *
from .pad import *
from .pick import *
from .pool import *
from .pool_adaptive import *
from .products import *
from .put import *
from .reduce import *
from .resample import *
from .scan import *
from .shape import *
from .shuffle import *
from .unfold import *
from .unpool import *

methods.install()

if not TYPE_CHECKING:  # type checkers follow the stars
    __all__ = sorted(name for name, value in globals().items() if callable(value))
