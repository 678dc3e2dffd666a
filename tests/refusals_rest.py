"""Wrong calls of losses, of what makes tensors, and of derivatives."""

# As in `refusals`: a wrong call, and below it the error and how its message begins.
ROWS = """
arange(0, 3, 0)
    ArgumentError: arange: a step of 0 does not lead from 0 to 3
arange(0, 3, -1)
    ArgumentError: arange: a step of -1 does not lead from 0 to 3
binary_cross_entropy(zeros(2, 3), zeros(2, 4))
    ShapeError: binary_cross_entropy expects two equal shapes / got input (2, 3), target (2, 4) /
binary_cross_entropy(zeros(3), zeros(3), reduction="max")
    ArgumentError: binary_cross_entropy: reduction must be 'none', 'mean' or 'sum', got 'max'
binary_cross_entropy_with_logits(zeros(2, 3), zeros(2, 4))
    ShapeError: binary_cross_entropy_with_logits expects two equal shapes / got input (2, 3), target (2, 4) /
binary_cross_entropy_with_logits(zeros(3), zeros(3), reduction="max")
    ArgumentError: binary_cross_entropy_with_logits: reduction must be 'none', 'mean' or 'sum', got 'max'
checkpoint(None)
    ArgumentError: checkpoint: function must be callable, got NoneType
checkpoint(tg.relu, zeros(2), use_reentrant=1)
    ArgumentError: checkpoint: use_reentrant must be True, False or None, got 1
checkpoint_sequential(None, 2, zeros(2))
    ArgumentError: checkpoint_sequential: functions must be a Sequential or a list, got NoneType
checkpoint_sequential([tg.relu], 2, zeros(2))
    ArgumentError: checkpoint_sequential: segments must be at most 1, the number of functions, got 2
checkpoint_sequential([None], 1, zeros(2))
    ArgumentError: checkpoint_sequential: functions must be callable, got NoneType
cosine_embedding_loss(zeros(2, 3), zeros(2, 4), tensor([1, 1]))
    ShapeError: cosine_embedding_loss expects two equal shapes / got input1 (2, 3), input2 (2, 4) /
cross_entropy(zeros(2, 3), tensor([0]))
    ShapeError: cross_entropy expects labels (2,) for scores (2, 3) / got labels (1,)
cross_entropy(zeros(2, 3), tensor([0, 3]))
    DataError: cross_entropy: label 3 at (1,) is not one of the 3 classes; labels are whole numbers 0..2
cross_entropy(zeros(2, 3), tensor([0, 1]), label_smoothing=2)
    ArgumentError: cross_entropy: label_smoothing must lie in 0..1, got 2
dice_loss(zeros(1, 2, 3), zeros(1, 3, 3))
    ShapeError: dice_loss expects labels (1, 3) for scores (1, 2, 3) / got labels (1, 3, 3)
dice_loss(zeros(3), zeros(3))
    ShapeError: dice_loss expects input (N, C, d1, ...) / got input (3,)
empty(2, -3)
    ArgumentError: zeros: size must be an integer >= 0, got -3
empty(1.5)
    ArgumentError: zeros: size must be an integer, got 1.5
empty_like(None)
    DtypeError: zeros_like: expected a tensor, an array or numbers, got NoneType
eye(-1)
    ArgumentError: eye: n must be an integer >= 0, got -1
eye(2, 1.5)
    ArgumentError: eye: m must be an integer, got 1.5
from_dlpack([1.0])
    ArgumentError: from_dlpack expects an array that speaks DLPack (has __dlpack__), got list; use
from_numpy([1.0])
    ArgumentError: from_numpy expects a numpy array, got list; use tensor(...) for other things
full((2, -1), 0.0)
    ArgumentError: full: size must be an integer >= 0, got -1
full((2,), "a")
    ArgumentError: full: fill_value must be a number, got 'a'
full_like(None, 1.0)
    DtypeError: full_like: expected a tensor, an array or numbers, got NoneType
gaussian_nll_loss(zeros(3), zeros(4), zeros(3))
    ShapeError: gaussian_nll_loss expects two equal shapes / got input (3,), target (4,) / broadcasting would
gaussian_nll_loss(zeros(3), zeros(3), zeros(2))
    ShapeError: gaussian_nll_loss expects var (3,), or one size of it 1, or its last one left out / got var
hessian(None, zeros(2))
    ArgumentError: hessian: func must be a function of tensors, got NoneType
hessian(tg.sum, "a")
    ArgumentError: hessian: inputs must be a tensor or a tuple of tensors, got str; make tensors with
hinge_embedding_loss(zeros(3), zeros(3))
    DataError: hinge_embedding_loss: target must be 1 or -1, got 0.0 at (0,)
hinge_embedding_loss(zeros(2), tensor([1, 1]), margin=None)
    ArgumentError: hinge_embedding_loss: margin must be a number >= -inf, got None
huber_loss(zeros(2, 3), zeros(2, 4))
    ShapeError: huber_loss expects two equal shapes / got input (2, 3), target (2, 4) / broadcasting would
huber_loss(zeros(3), zeros(3), reduction="max")
    ArgumentError: huber_loss: reduction must be 'none', 'mean' or 'sum', got 'max'
huber_loss(zeros(2), zeros(2), delta=0)
    ArgumentError: huber_loss: delta must be a number > 0, got 0
hvp(None, zeros(2))
    ArgumentError: hvp: func must be a function of tensors, got NoneType
hvp(tg.sum, "a")
    ArgumentError: hvp: inputs must be a tensor or a tuple of tensors, got str; make tensors with tensor(...)
jacobian(None, zeros(2))
    ArgumentError: jacobian: func must be a function of tensors, got NoneType
jacobian(tg.sum, "a")
    ArgumentError: jacobian: inputs must be a tensor or a tuple of tensors, got str; make tensors with
jvp(None, zeros(2))
    ArgumentError: jvp: func must be a function of tensors, got NoneType
jvp(tg.sum, "a")
    ArgumentError: jvp: inputs must be a tensor or a tuple of tensors, got str; make tensors with tensor(...)
kl_div(zeros(3), zeros(3), log_target=1)
    ArgumentError: kl_div: log_target must be True or False, got 1
kl_div(zeros(2, 3), zeros(2, 4))
    ShapeError: kl_div expects two equal shapes / got input (2, 3), target (2, 4) / broadcasting would
kl_div(zeros(3), zeros(3), reduction="max")
    ArgumentError: kl_div: reduction must be 'none', 'mean', 'sum' or 'batchmean', got 'max'
l1_loss(zeros(2, 3), zeros(2, 4))
    ShapeError: l1_loss expects two equal shapes / got input (2, 3), target (2, 4) / broadcasting would
l1_loss(zeros(3), zeros(3), reduction="max")
    ArgumentError: l1_loss: reduction must be 'none', 'mean' or 'sum', got 'max'
linspace(0, 1, -1)
    ArgumentError: linspace: steps must be an integer >= 0, got -1
margin_ranking_loss(zeros(2), zeros(3), tensor([1, 1]))
    ShapeError: margin_ranking_loss expects two equal shapes / got input1 (2,), input2 (3,) / broadcasting
margin_ranking_loss(zeros(2), zeros(2), tensor([1, 0]))
    DataError: margin_ranking_loss: target must be 1 or -1, got 0 at (1,)
mse_loss(zeros(2, 3), zeros(2, 4))
    ShapeError: mse_loss expects two equal shapes / got input (2, 3), target (2, 4) / broadcasting would
mse_loss(zeros(3), zeros(3), reduction="max")
    ArgumentError: mse_loss: reduction must be 'none', 'mean' or 'sum', got 'max'
nll_loss(zeros(2, 3), tensor([0]))
    ShapeError: nll_loss expects labels (2,) for scores (2, 3) / got labels (1,)
nll_loss(zeros(2, 3), tensor([0, 1]), zeros(4))
    ShapeError: nll_loss expects weight (3,), one number a class / got weight (4,)
ones(2, -3)
    ArgumentError: ones: size must be an integer >= 0, got -3
ones(1.5)
    ArgumentError: ones: size must be an integer, got 1.5
poisson_nll_loss(zeros(3), zeros(3), full="a")
    ArgumentError: poisson_nll_loss: full must be True or False, got 'a'
poisson_nll_loss(zeros(2, 3), zeros(2, 4))
    ShapeError: poisson_nll_loss expects two equal shapes / got input (2, 3), target (2, 4) / broadcasting
poisson_nll_loss(zeros(3), zeros(3), reduction="max")
    ArgumentError: poisson_nll_loss: reduction must be 'none', 'mean' or 'sum', got 'max'
rand(2, -3)
    ArgumentError: rand: size must be an integer >= 0, got -3
rand(1.5)
    ArgumentError: rand: size must be an integer, got 1.5
rand(2, generator=0)
    ArgumentError: rand: generator must be np.random.default_rng(seed) or None, got 0
randn(2, -3)
    ArgumentError: randn: size must be an integer >= 0, got -3
randn(1.5)
    ArgumentError: randn: size must be an integer, got 1.5
randn(2, dtype=int)
    DtypeError: randn: dtype must be float32 or float64, got int64
sigmoid_focal_loss(zeros(2, 3), zeros(2, 4))
    ShapeError: sigmoid_focal_loss expects two equal shapes / got inputs (2, 3), targets (2, 4) /
sigmoid_focal_loss(zeros(3), zeros(3), reduction="max")
    ArgumentError: sigmoid_focal_loss: reduction must be 'none', 'mean' or 'sum', got 'max'
smooth_l1_loss(zeros(2, 3), zeros(2, 4))
    ShapeError: smooth_l1_loss expects two equal shapes / got input (2, 3), target (2, 4) / broadcasting
smooth_l1_loss(zeros(3), zeros(3), reduction="max")
    ArgumentError: smooth_l1_loss: reduction must be 'none', 'mean' or 'sum', got 'max'
smooth_l1_loss(zeros(2), zeros(2), beta=-1)
    ArgumentError: smooth_l1_loss: beta must be a number >= 0, got -1
soft_margin_loss(zeros(2), tensor([1, 2]))
    DataError: soft_margin_loss: target must be 1 or -1, got 2 at (1,)
straight_through(zeros(2), zeros(3))
    ShapeError: straight_through: forward_value must have the shape (3,) of x, got (2,)
straight_through(None, zeros(3))
    DtypeError: straight_through: expected a tensor, an array or numbers, got NoneType
tensor("a")
    DtypeError: a tensor is made of numbers, got str 'a'
tensor([[1, 2], [3]])
    ArgumentError: a tensor is made of numbers in rows of equal length, got '[[1, 2], [3]]'
vhp(None, zeros(2))
    ArgumentError: vhp: func must be a function of tensors, got NoneType
vhp(tg.sum, "a")
    ArgumentError: vhp: inputs must be a tensor or a tuple of tensors, got str; make tensors with tensor(...)
vjp(None, zeros(2))
    ArgumentError: vjp: func must be a function of tensors, got NoneType
vjp(tg.sum, "a")
    ArgumentError: vjp: inputs must be a tensor or a tuple of tensors, got str; make tensors with tensor(...)
zeros(2, -3)
    ArgumentError: zeros: size must be an integer >= 0, got -3
zeros(1.5)
    ArgumentError: zeros: size must be an integer, got 1.5
zeros(2, dtype="words")
    DtypeError: zeros: dtype must be float32, float64, an integer type or bool, got 'words'
"""
