"""Wrong calls of what computes with values: arithmetic, reductions, products."""

# As in `refusals`: a wrong call, and below it the error and how its message begins.
ROWS = """
abs(tensor([True]))
    DtypeError: abs expects floats or integers, got bool; convert with .float()
add(zeros(2, 3), zeros(2, 4))
    ShapeError: add got shapes (2, 3), (2, 4)
add(zeros(3), "a")
    DtypeError: add expects tensors, arrays or numbers, got str
addmm(zeros(9, 9), zeros(2, 3), zeros(3, 4))
    ShapeError: addmm: input of shape (9, 9) does not broadcast to (2, 4)
addmm(zeros(2, 4), zeros(2, 3), zeros(3, 4), beta="a")
    ArgumentError: addmm: beta must be a number, got 'a'
all(zeros(2, 3), dim=2)
    ShapeError: all: dim 2 is out of range for a tensor with 2 dimensions
allclose(zeros(2, 3), zeros(2, 4))
    ShapeError: allclose got shapes (2, 3), (2, 4)
allclose(zeros(3), "a")
    DtypeError: allclose: expected a tensor, an array or numbers, got str
amax(zeros(2, 3), dim=2)
    ShapeError: amax: dim 2 is out of range for a tensor with 2 dimensions
amax(zeros(0))
    ShapeError: amax: there is no largest value in a tensor of shape (0,)
amin(zeros(2, 3), dim=2)
    ShapeError: amin: dim 2 is out of range for a tensor with 2 dimensions
amin(zeros(0))
    ShapeError: amin: there is no smallest value in a tensor of shape (0,)
aminmax(zeros(2, 3), dim=-3)
    ShapeError: aminmax: dim -3 is out of range for a tensor with 2 dimensions
aminmax(zeros(2, 3), dim=1.5)
    ArgumentError: aminmax: dim must be an integer, got 1.5
aminmax(zeros(0))
    ShapeError: aminmax: there is no smallest value in a tensor of shape (0,)
any(zeros(2, 3), dim=2)
    ShapeError: any: dim 2 is out of range for a tensor with 2 dimensions
argmax(zeros(2, 3), dim=-3)
    ShapeError: argmax: dim -3 is out of range for a tensor with 2 dimensions
argmax(zeros(2, 3), dim=1.5)
    ArgumentError: argmax: dim must be an integer, got 1.5
argmax(zeros(0))
    ShapeError: argmax: there is no largest value in a tensor of shape (0,)
argmin(zeros(2, 3), dim=-3)
    ShapeError: argmin: dim -3 is out of range for a tensor with 2 dimensions
argmin(zeros(2, 3), dim=1.5)
    ArgumentError: argmin: dim must be an integer, got 1.5
argmin(zeros(0))
    ShapeError: argmin: there is no smallest value in a tensor of shape (0,)
atan2(zeros(2, 3), zeros(2, 4))
    ShapeError: atan2 got shapes (2, 3), (2, 4)
atan2(zeros(3), "a")
    DtypeError: atan2 expects tensors, arrays or numbers, got str
baddbmm(zeros(9, 9, 9), zeros(1, 2, 3), zeros(1, 3, 4))
    ShapeError: baddbmm: input of shape (9, 9, 9) does not broadcast to (1, 2, 4)
baddbmm(zeros(4), zeros(1, 2, 3), zeros(1, 3, 4), alpha=None)
    ArgumentError: baddbmm: alpha must be a number, got None
bilinear(zeros(2, 3), zeros(2, 4), zeros(5, 3, 3))
    ShapeError: bilinear expects a (..., I), b (..., J), w (O, I, J) / got a (2, 3), b (2, 4), w (5, 3, 3)
bilinear(zeros(2, 3), zeros(2, 4), zeros(5, 3, 4), zeros(4))
    ShapeError: bilinear expects a bias (5,) / got (4,)
bmm(zeros(2, 3), zeros(2, 3))
    ShapeError: bmm expects (N, I, K) and (N, K, J) / got (2, 3) and (2, 3)
bmm(zeros(2, 3, 4), zeros(3, 4, 5))
    ShapeError: bmm expects (N, I, K) and (N, K, J) / got (2, 3, 4) and (3, 4, 5)
ceil(tensor([True]))
    DtypeError: ceil expects floats or integers, got bool; convert with .float()
clamp(zeros(3), "a")
    ArgumentError: clip: min and max must be numbers, got 'a' and None; for tensors use maximum and minimum
clamp(zeros(3))
    ArgumentError: clip: give min, max or both; got neither
clip(zeros(3), "a")
    ArgumentError: clip: min and max must be numbers, got 'a' and None; for tensors use maximum and minimum
clip(zeros(3))
    ArgumentError: clip: give min, max or both; got neither
cosine_similarity(zeros(2, 3), zeros(2, 4))
    ShapeError: cosine_similarity: x1 (2, 3) and x2 (2, 4) do not broadcast to one shape
cosine_similarity(zeros(3), zeros(3), dim=1)
    ShapeError: cosine_similarity: dim 1 is out of range for a tensor with 1 dimensions
count_nonzero(zeros(2, 3), dim=2)
    ShapeError: count_nonzero: dim 2 is out of range for a tensor with 2 dimensions
div(zeros(2, 3), zeros(2, 4))
    ShapeError: div got shapes (2, 3), (2, 4)
div(zeros(3), "a")
    DtypeError: div expects tensors, arrays or numbers, got str
dot(zeros(2), zeros(3))
    ShapeError: dot expects (K,) and (K,) / got (2,) and (3,)
dot(zeros(2, 2), zeros(2))
    ShapeError: dot expects (K,) and (K,) / got (2, 2) and (2,)
einsum("ij,jk", zeros(2, 3), zeros(2, 3))
    ShapeError: einsum: 'j' in 'ij,jk' has the sizes 3 and 2
einsum("ij")
    ArgumentError: einsum: expected an equation and at least one operand
einsum("ij", zeros(3))
    ShapeError: einsum: operand 0 is 'ij', which does not fit shape (3,)
eq(zeros(2, 3), zeros(2, 4))
    ShapeError: eq got shapes (2, 3), (2, 4)
eq(zeros(3), "a")
    DtypeError: eq expects tensors, arrays or numbers, got str
equal(zeros(3), "a")
    DtypeError: equal expects tensors, arrays or numbers, got str
exp(None)
    DtypeError: exp expects tensors, arrays or numbers, got None
floor(tensor([True]))
    DtypeError: floor expects floats or integers, got bool; convert with .float()
ge(zeros(2, 3), zeros(2, 4))
    ShapeError: ge got shapes (2, 3), (2, 4)
ge(zeros(3), "a")
    DtypeError: ge expects tensors, arrays or numbers, got str
gt(zeros(2, 3), zeros(2, 4))
    ShapeError: gt got shapes (2, 3), (2, 4)
gt(zeros(3), "a")
    DtypeError: gt expects tensors, arrays or numbers, got str
inner(zeros(2), zeros(3))
    ShapeError: inner expects (..., K) and (..., K) / got (2,) and (3,)
isclose(zeros(2, 3), zeros(2, 4))
    ShapeError: isclose got shapes (2, 3), (2, 4)
isclose(zeros(3), "a")
    DtypeError: isclose: expected a tensor, an array or numbers, got str
isfinite(None)
    DtypeError: isfinite expects tensors, arrays or numbers, got NoneType
isinf(None)
    DtypeError: isinf expects tensors, arrays or numbers, got NoneType
isnan(None)
    DtypeError: isnan expects tensors, arrays or numbers, got NoneType
le(zeros(2, 3), zeros(2, 4))
    ShapeError: le got shapes (2, 3), (2, 4)
le(zeros(3), "a")
    DtypeError: le expects tensors, arrays or numbers, got str
linear(zeros(2, 3), zeros(4, 5))
    ShapeError: linear expects x (..., I), w (O, I) / got x (2, 3), w (4, 5) / I is 3 in x but 5 in w
linear(zeros(2, 3), zeros(4, 3), zeros(3))
    ShapeError: linear expects x (..., I), w (O, I), b (O) / got x (2, 3), w (4, 3), b (3,) / O is 4 in w but
log(None)
    DtypeError: log expects tensors, arrays or numbers, got None
logical_and(zeros(2, 3), zeros(2, 4))
    ShapeError: logical_and got shapes (2, 3), (2, 4)
logical_and(zeros(3), "a")
    DtypeError: logical_and expects tensors, arrays or numbers, got str
logical_not(None)
    DtypeError: logical_not expects tensors, arrays or numbers, got NoneType
logical_or(zeros(2, 3), zeros(2, 4))
    ShapeError: logical_or got shapes (2, 3), (2, 4)
logical_or(zeros(3), "a")
    DtypeError: logical_or expects tensors, arrays or numbers, got str
logical_xor(zeros(2, 3), zeros(2, 4))
    ShapeError: logical_xor got shapes (2, 3), (2, 4)
logical_xor(zeros(3), "a")
    DtypeError: logical_xor expects tensors, arrays or numbers, got str
logsumexp(zeros(2, 3), dim=2)
    ShapeError: logsumexp: dim 2 is out of range for a tensor with 2 dimensions
lt(zeros(2, 3), zeros(2, 4))
    ShapeError: lt got shapes (2, 3), (2, 4)
lt(zeros(3), "a")
    DtypeError: lt expects tensors, arrays or numbers, got str
matmul(zeros(2, 3), zeros(2, 3))
    ShapeError: matmul expects a (..., I, K), b (..., K, J) / got a (2, 3), b (2, 3) / K is 3 in a but 2 in b
matmul(zeros(()), zeros(3))
    ShapeError: matmul: expected vectors or matrices, got shapes () and (3,)
max(zeros(2, 3), dim=2)
    ShapeError: max: dim 2 is out of range for a tensor with 2 dimensions
max(zeros(0))
    ShapeError: max: there is no largest value in a tensor of shape (0,)
maximum(zeros(2, 3), zeros(2, 4))
    ShapeError: maximum got shapes (2, 3), (2, 4)
maximum(zeros(3), "a")
    DtypeError: maximum expects tensors, arrays or numbers, got str
mean(zeros(2, 3), dim=2)
    ShapeError: mean: dim 2 is out of range for a tensor with 2 dimensions
mean(tensor([1, 2]))
    DtypeError: mean expects float32 or float64, got int64; convert with .float()
min(zeros(2, 3), dim=2)
    ShapeError: min: dim 2 is out of range for a tensor with 2 dimensions
min(zeros(0))
    ShapeError: min: there is no smallest value in a tensor of shape (0,)
minimum(zeros(2, 3), zeros(2, 4))
    ShapeError: minimum got shapes (2, 3), (2, 4)
minimum(zeros(3), "a")
    DtypeError: minimum expects tensors, arrays or numbers, got str
mm(zeros(2, 3), zeros(2, 3))
    ShapeError: mm expects (I, K) and (K, J) / got (2, 3) and (2, 3)
mm(zeros(3), zeros(3))
    ShapeError: mm expects (I, K) and (K, J) / got (3,) and (3,)
mul(zeros(2, 3), zeros(2, 4))
    ShapeError: mul got shapes (2, 3), (2, 4)
mul(zeros(3), "a")
    DtypeError: mul expects tensors, arrays or numbers, got str
mv(zeros(2, 3), zeros(2))
    ShapeError: mv expects (I, K) and (K,) / got (2, 3) and (2,)
mv(zeros(3), zeros(3))
    ShapeError: mv expects (I, K) and (K,) / got (3,) and (3,)
ne(zeros(2, 3), zeros(2, 4))
    ShapeError: ne got shapes (2, 3), (2, 4)
ne(zeros(3), "a")
    DtypeError: ne expects tensors, arrays or numbers, got str
neg(None)
    DtypeError: neg expects tensors, arrays or numbers, got None
norm(zeros(2, 3), dim=2)
    ShapeError: norm: dim 2 is out of range for a tensor with 2 dimensions
norm(tensor([1, 2]))
    DtypeError: norm expects float32 or float64, got int64; convert with .float()
normalize(tensor([1, 2]))
    DtypeError: normalize expects float32 or float64, got int64; convert with .float()
normalize(zeros(3), dim=1)
    ShapeError: normalize: dim 1 is out of range for a tensor with 1 dimensions
outer(zeros(2, 2), zeros(3))
    ShapeError: outer expects (I,) and (J,) / got (2, 2) and (3,)
pairwise_distance(zeros(2, 3), zeros(2, 4))
    ShapeError: pairwise_distance: x1 (2, 3) and x2 (2, 4) do not broadcast to one shape
pow(zeros(2, 3), zeros(2, 4))
    ShapeError: pow got shapes (2, 3), (2, 4)
pow(zeros(3), "a")
    DtypeError: pow: expected a tensor, an array or numbers, got str
prod(zeros(2, 3), dim=2)
    ShapeError: prod: dim 2 is out of range for a tensor with 2 dimensions
remainder(zeros(2, 3), zeros(2, 4))
    ShapeError: remainder got shapes (2, 3), (2, 4)
remainder(zeros(3), "a")
    DtypeError: remainder: expected a tensor, an array or numbers, got str
round(tensor([True]))
    DtypeError: round expects floats or integers, got bool; convert with .float()
sqrt(None)
    DtypeError: sqrt expects tensors, arrays or numbers, got None
square(tensor([True]))
    DtypeError: square expects floats or integers, got bool; convert with .float()
std(zeros(2, 3), dim=2)
    ShapeError: std: dim 2 is out of range for a tensor with 2 dimensions
std(tensor([1, 2]))
    DtypeError: std expects float32 or float64, got int64; convert with .float()
std_mean(zeros(2, 3), dim=2)
    ShapeError: std_mean: dim 2 is out of range for a tensor with 2 dimensions
std_mean(tensor([1, 2]))
    DtypeError: std_mean expects float32 or float64, got int64; convert with .float()
sub(zeros(2, 3), zeros(2, 4))
    ShapeError: sub got shapes (2, 3), (2, 4)
sub(zeros(3), "a")
    DtypeError: sub expects tensors, arrays or numbers, got str
sum(zeros(2, 3), dim=2)
    ShapeError: sum: dim 2 is out of range for a tensor with 2 dimensions
trace(zeros(3))
    ShapeError: trace expects (I, J) / got (3,)
trunc(tensor([True]))
    DtypeError: trunc expects floats or integers, got bool; convert with .float()
var(zeros(2, 3), dim=2)
    ShapeError: var: dim 2 is out of range for a tensor with 2 dimensions
var(tensor([1, 2]))
    DtypeError: var expects float32 or float64, got int64; convert with .float()
var_mean(zeros(2, 3), dim=2)
    ShapeError: var_mean: dim 2 is out of range for a tensor with 2 dimensions
var_mean(tensor([1, 2]))
    DtypeError: var_mean expects float32 or float64, got int64; convert with .float()
vector_norm(zeros(2, 3), dim=2)
    ShapeError: vector_norm: dim 2 is out of range for a tensor with 2 dimensions
vector_norm(tensor([1, 2]))
    DtypeError: vector_norm expects float32 or float64, got int64; convert with .float()
where(zeros(3), 1.0, 2.0)
    ArgumentError: where: the condition must be boolean, got float32; write for instance x > 0
where(tensor([True, False]), zeros(3), zeros(3))
    ShapeError: where: condition (2,), input (3,) and other (3,) do not broadcast
"""
