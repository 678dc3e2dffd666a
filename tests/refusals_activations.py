"""Wrong calls of activations."""

# As in `refusals`: a wrong call, and below it the error and how its message begins.
ROWS = """
celu(tensor([1, 2]))
    DtypeError: celu expects float32 or float64, got int64; convert with .float()
celu(zeros(3), 0)
    ArgumentError: celu: alpha must not be 0, since x is divided by it
elu(tensor([1, 2]))
    DtypeError: elu expects float32 or float64, got int64; convert with .float()
gelu(tensor([1, 2]))
    DtypeError: gelu expects float32 or float64, got int64; convert with .float()
gelu(zeros(3), "a")
    ArgumentError: gelu: approximate must be 'none' or 'tanh', got 'a'
hardshrink(tensor([1, 2]))
    DtypeError: hardshrink expects float32 or float64, got int64; convert with .float()
hardsigmoid(tensor([1, 2]))
    DtypeError: hardsigmoid expects float32 or float64, got int64; convert with .float()
hardswish(tensor([1, 2]))
    DtypeError: hardswish expects float32 or float64, got int64; convert with .float()
hardtanh(tensor([True]))
    DtypeError: hardtanh expects floats or integers, got bool; convert with .float()
hardtanh(zeros(3), 1, -1)
    ArgumentError: hardtanh: min_val 1 is larger than max_val -1
leaky_relu(tensor([1, 2]))
    DtypeError: leaky_relu expects float32 or float64, got int64; convert with .float()
log_softmax(zeros(2, 3), dim=2)
    ShapeError: log_softmax: dim 2 is out of range for a tensor with 2 dimensions
log_softmax(tensor([1, 2]), 0)
    DtypeError: log_softmax expects float32 or float64, got int64; convert with .float()
logsigmoid(tensor([1, 2]))
    DtypeError: logsigmoid expects float32 or float64, got int64; convert with .float()
mish(tensor([1, 2]))
    DtypeError: mish expects float32 or float64, got int64; convert with .float()
prelu(zeros(2, 3), zeros(4))
    ShapeError: prelu expects weight (), (1,) or, for input (N, C, ...), (C,) / got input (2, 3), weight (4,)
prelu(zeros(2, 3), zeros(2, 3))
    ShapeError: prelu expects weight (), (1,) or, for input (N, C, ...), (C,) / got input (2, 3), weight (2,
relu(tensor([True]))
    DtypeError: relu expects floats or integers, got bool; convert with .float()
relu6(tensor([True]))
    DtypeError: relu6 expects floats or integers, got bool; convert with .float()
selu(tensor([1, 2]))
    DtypeError: selu expects float32 or float64, got int64; convert with .float()
silu(tensor([1, 2]))
    DtypeError: silu expects float32 or float64, got int64; convert with .float()
softmax(zeros(2, 3), dim=2)
    ShapeError: softmax: dim 2 is out of range for a tensor with 2 dimensions
softmax(tensor([1, 2]), 0)
    DtypeError: softmax expects float32 or float64, got int64; convert with .float()
softmin(zeros(2, 3), dim=2)
    ShapeError: softmin: dim 2 is out of range for a tensor with 2 dimensions
softmin(tensor([1, 2]), 0)
    DtypeError: softmin expects float32 or float64, got int64; convert with .float()
softplus(tensor([1, 2]))
    DtypeError: softplus expects float32 or float64, got int64; convert with .float()
softplus(zeros(3), beta="a")
    ArgumentError: softplus: beta must be a number, got 'a'
softshrink(tensor([1, 2]))
    DtypeError: softshrink expects float32 or float64, got int64; convert with .float()
softshrink(zeros(3), -1)
    ArgumentError: softshrink: lambd must be a finite number >= 0, got -1
softsign(tensor([True]))
    DtypeError: softsign expects floats or integers, got bool; convert with .float()
tanhshrink(tensor([True]))
    DtypeError: tanhshrink expects floats or integers, got bool; convert with .float()
threshold(zeros(3), None, 0.0)
    ArgumentError: threshold: threshold must be a number, got None
"""
