"""The engine: tensors, the graph that they record, and the decorator that makes operations. It knows no
operation by name."""

from ..base.modes import default_generator as default_generator
from ..base.modes import enable_grad as enable_grad
from ..base.modes import is_grad_enabled as is_grad_enabled
from ..base.modes import manual_seed as manual_seed
from ..base.modes import no_grad as no_grad
from ..base.modes import set_grad_enabled as set_grad_enabled
from ..base.node import Node as Node
from ..base.registry import REGISTRY as REGISTRY
from ..base.registry import Op as Op
from ..base.values import to_array as to_array
from .graph import grad as grad
from .op import op as op
from .tensor import Tensor as Tensor
from .tensor import wrap as wrap
