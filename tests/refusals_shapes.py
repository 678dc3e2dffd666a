"""Wrong calls of what arranges and picks values."""

# As in `refusals`: a wrong call, and below it the error and how its message begins.
ROWS = """
argsort(zeros(2, 3), 2)
    ShapeError: argsort: dim 2 is out of range for a tensor with 2 dimensions
bincount(tensor([0.5]))
    DtypeError: bincount: input must hold integers, got float32
bincount(tensor([-1]))
    DataError: bincount: numbers must not be negative, got -1
bincount(tensor([[1]]))
    ShapeError: bincount: input must have one dimension, got shape (1, 1)
broadcast_tensors(zeros(2), zeros(3))
    ShapeError: broadcast_tensors: shapes (2,), (3,) have no common one; sizes must be equal or 1
broadcast_tensors(zeros(2), None)
    DtypeError: broadcast_tensors: expected a tensor, an array or numbers, got NoneType
broadcast_to(zeros(2, 3), (2, 4))
    ShapeError: broadcast_to: shape (2, 3) cannot be repeated to (2, 4); only sizes of 1 can
broadcast_to(zeros(3), (-2, 3))
    ArgumentError: broadcast_to: size must be an integer >= -1, got -2
cat([])
    ArgumentError: cat: expected at least one tensor, got none
cat([zeros(2, 3), zeros(2, 4)])
    ShapeError: cat: all sizes but that of dim 0 must be equal, got shapes [(2, 3), (2, 4)]
cat([zeros(2), zeros(2)], 1)
    ShapeError: cat: dim 1 is out of range for a tensor with 1 dimensions
chunk(zeros(4), 0)
    ArgumentError: chunk: chunks must be an integer >= 1, got 0
chunk(zeros(4), 2, 1)
    ShapeError: chunk: dim 1 is out of range for a tensor with 1 dimensions
concat([])
    ArgumentError: cat: expected at least one tensor, got none
concat([zeros(2, 3), zeros(2, 4)])
    ShapeError: cat: all sizes but that of dim 0 must be equal, got shapes [(2, 3), (2, 4)]
concat([zeros(2), zeros(2)], 1)
    ShapeError: cat: dim 1 is out of range for a tensor with 1 dimensions
concatenate([])
    ArgumentError: cat: expected at least one tensor, got none
concatenate([zeros(2, 3), zeros(2, 4)])
    ShapeError: cat: all sizes but that of dim 0 must be equal, got shapes [(2, 3), (2, 4)]
concatenate([zeros(2), zeros(2)], 1)
    ShapeError: cat: dim 1 is out of range for a tensor with 1 dimensions
cummax(zeros(2, 3), 2)
    ShapeError: cummax: dim 2 is out of range for a tensor with 2 dimensions
cummax(zeros(2, 3), None)
    ArgumentError: cummax: dim must be an integer, got None
cummin(zeros(2, 3), 2)
    ShapeError: cummin: dim 2 is out of range for a tensor with 2 dimensions
cummin(zeros(2, 3), None)
    ArgumentError: cummin: dim must be an integer, got None
cumprod(zeros(2, 3), 2)
    ShapeError: cumprod: dim 2 is out of range for a tensor with 2 dimensions
cumprod(zeros(2, 3), None)
    ArgumentError: cumprod: dim must be an integer, got None
cumsum(zeros(2, 3), 2)
    ShapeError: cumsum: dim 2 is out of range for a tensor with 2 dimensions
cumsum(zeros(2, 3), None)
    ArgumentError: cumsum: dim must be an integer, got None
diag(zeros(2, 2, 2))
    ShapeError: diag: expected a vector or a matrix, got shape (2, 2, 2)
diag(zeros(2, 2), 1.5)
    ArgumentError: diag: diagonal must be an integer, got 1.5
diagonal(zeros(3))
    ShapeError: diagonal: dim 1 is out of range for a tensor with 1 dimensions
diagonal(zeros(2, 2), 0, 0, 0)
    ShapeError: diagonal: dim1 0 and dim2 0 must differ, for shape (2, 2)
diff(zeros(3), n=-1)
    ArgumentError: diff: n must be an integer >= 0, got -1
diff(zeros(()))
    ShapeError: diff: expected a tensor with a dimension at least, got shape ()
diff(zeros(2, 3), prepend=zeros(3, 1))
    ShapeError: diff: prepend must have the shape (2, 3) but along dim 1, got (3, 1)
expand(zeros(2, 3), 2, 4)
    ShapeError: expand: shape (2, 3) cannot be repeated to (2, 4); only sizes of 1 can
expand(zeros(3), -2, 3)
    ArgumentError: expand: sizes must be an integer >= -1, got -2
flatten(zeros(2, 3), 1, 0)
    ArgumentError: flatten: start_dim 1 lies behind end_dim 0
flatten(zeros(2, 3), 2)
    ShapeError: flatten: dim 2 is out of range for a tensor with 2 dimensions
flip(zeros(2, 3), 2)
    ShapeError: flip: dim 2 is out of range for a tensor with 2 dimensions
flip(zeros(2, 3), (0, 0))
    ArgumentError: flip: dims (0, 0) name a dimension twice
fliplr(zeros(3))
    ShapeError: fliplr: expected 2 dimensions or more, got shape (3,)
flipud(zeros(()))
    ShapeError: flipud: expected 1 dimensions or more, got shape ()
gather(zeros(2, 3), 0, tensor([0]))
    ShapeError: gather: index of shape (1,) does not fit a tensor of shape (2, 3)
gather(zeros(3), 0, tensor([3]))
    PositionError: gather: index must lie in 0..2, got 3..3
gather(zeros(3), 0, tensor([0.5]))
    DtypeError: gather: index must hold integers, got float32
getitem(None, 0)
    DtypeError: getitem: expected a tensor, an array or numbers, got NoneType
hstack([zeros(2, 3), zeros(3, 3)])
    ShapeError: hstack: all sizes but that of dim 1 must be equal, got shapes [(2, 3), (3, 3)]
index_add(zeros(3), 0, tensor([3]), zeros(1))
    PositionError: index_add: index must lie in 0..2, got 3..3
index_add(zeros(3), 0, tensor([0]), zeros(2))
    ShapeError: index_add: source must have shape (1,), got (2,)
index_fill(zeros(3), 0, tensor([3]), 1.0)
    PositionError: index_fill: index must lie in -3..2, got 3..3
index_fill(zeros(3), 0, tensor([0]), "a")
    ArgumentError: index_fill: value must be a number, got 'a'
index_select(zeros(3), 0, tensor([3]))
    PositionError: index_select: index must lie in 0..2, got 3..3
index_select(zeros(2, 3), 2, tensor([0]))
    ShapeError: index_select: dim 2 is out of range for a tensor with 2 dimensions
kthvalue(zeros(4), 0)
    ArgumentError: kthvalue: k must be an integer >= 1, got 0
kthvalue(zeros(4), 5)
    ArgumentError: kthvalue: k must be at most 4, the size of dim 0, got 5
logcumsumexp(zeros(2, 3), 2)
    ShapeError: logcumsumexp: dim 2 is out of range for a tensor with 2 dimensions
logcumsumexp(zeros(2, 3), None)
    ArgumentError: logcumsumexp: dim must be an integer, got None
masked_fill(zeros(3), zeros(3), 1.0)
    DtypeError: masked_fill: mask must be boolean, got float32; write for instance x > 0
masked_fill(zeros(3), tensor([True, False]), 1.0)
    ShapeError: masked_fill: mask (2,) and input (3,) do not broadcast
masked_select(zeros(3), zeros(3))
    DtypeError: masked_select: mask must be boolean, got float32; write for instance x > 0
masked_select(zeros(3), tensor([True, False]))
    ShapeError: masked_select: mask (2,) and input (3,) do not broadcast
median(zeros(2, 3), dim=2)
    ShapeError: median: dim 2 is out of range for a tensor with 2 dimensions
meshgrid(zeros(2, 2))
    ShapeError: meshgrid: expected vectors, got shapes [(2, 2)]
meshgrid(zeros(2), indexing="ab")
    ArgumentError: meshgrid: expected tensors and indexing 'ij' or 'xy', got 1 and 'ab'
moveaxis(zeros(2, 3), 0, 2)
    ShapeError: movedim: dim 2 is out of range for a tensor with 2 dimensions
moveaxis(zeros(2, 3), (0, 1), 0)
    ShapeError: movedim: each of (0, 1) needs one place of its own, got (0,)
movedim(zeros(2, 3), 0, 2)
    ShapeError: movedim: dim 2 is out of range for a tensor with 2 dimensions
movedim(zeros(2, 3), (0, 1), 0)
    ShapeError: movedim: each of (0, 1) needs one place of its own, got (0,)
nanmedian(zeros(2, 3), dim=2)
    ShapeError: nanmedian: dim 2 is out of range for a tensor with 2 dimensions
narrow(zeros(4), 0, 3, 2)
    ShapeError: narrow: 2 places from 3 on do not lie within the 4 of dim 0
narrow(zeros(4), 0, 0, -1)
    ArgumentError: narrow: length must be an integer >= 0, got -1
one_hot(tensor([0.5]))
    DtypeError: one_hot: input must hold integers, got float32
one_hot(tensor([3]), 2)
    DataError: one_hot: classes must be smaller than num_classes 2, got 3
permute(zeros(2, 3), (0, 0))
    ShapeError: permute: dims (0, 0) must name each of the 2 dimensions once
permute(zeros(2, 3), (0,))
    ShapeError: permute: dims (0,) must name each of the 2 dimensions once
repeat(zeros(2, 3), 2)
    ShapeError: repeat: expected at least 2 numbers for shape (2, 3), got (2,)
repeat(zeros(3), -1)
    ArgumentError: repeat: sizes must be an integer >= 0, got -1
repeat_interleave(zeros(3), -1)
    ArgumentError: repeat_interleave: repeats must be integers >= 0, got -1
repeat_interleave(zeros(3), [1, 2])
    ShapeError: repeat_interleave: repeats must be one number or 3, one for each place of dim 0, got shape
reshape(zeros(2, 3), (4, 2))
    ShapeError: reshape: 6 values of shape (2, 3) do not fit into (4, 2)
reshape(zeros(2, 3), (-1, -1))
    ShapeError: reshape: only one size can be -1, got (-1, -1)
reshape(zeros(2, 3), (-2, 3))
    ArgumentError: reshape: shape must be an integer >= -1, got -2
roll(zeros(3), (1, 2), 0)
    ArgumentError: roll: expected one shift for each of dims (0,), got shifts (1, 2)
roll(zeros(3), 1, 1)
    ShapeError: roll: dim 1 is out of range for a tensor with 1 dimensions
rot90(zeros(3))
    ShapeError: rot90: dim 1 is out of range for a tensor with 1 dimensions
rot90(zeros(2, 3), 1, (0, 0))
    ShapeError: rot90: expected two different dims of two or more, got (0, 0) for (2, 3)
scatter(zeros(3), 0, tensor([3]), zeros(1))
    PositionError: scatter: index must lie in 0..2, got 3..3
scatter(zeros(3), 0, tensor([0]))
    ArgumentError: scatter: give src or value, one of them
scatter_add(zeros(3), 0, tensor([3]), zeros(1))
    PositionError: scatter_add: index must lie in 0..2, got 3..3
scatter_add(zeros(3), 1, tensor([0]), zeros(1))
    ShapeError: scatter_add: dim 1 is out of range for a tensor with 1 dimensions
select(zeros(2, 3), 2, 0)
    ShapeError: select: dim 2 is out of range for a tensor with 2 dimensions
select(zeros(2, 3), 0, 2)
    PositionError: select: index 2 is out of range for the 2 places of dim 0
sort(zeros(2, 3), -3)
    ShapeError: sort: dim -3 is out of range for a tensor with 2 dimensions
sort(zeros(2), "a")
    ArgumentError: sort: dim must be an integer, got 'a'
split(zeros(4), -1)
    ArgumentError: split: split_size_or_sections must be an integer >= 0, got -1
split(zeros(4), [1, 2])
    ShapeError: split: sizes (1, 2) add up to 3, but dim 0 of (4,) has 4
squeeze(zeros(2, 3), 2)
    ShapeError: squeeze: dim 2 is out of range for a tensor with 2 dimensions
stack([zeros(2), zeros(3)])
    ShapeError: stack: all shapes must be equal, got [(2,), (3,)]
stack([zeros(2)], 3)
    ShapeError: stack: dim 3 is out of range for a tensor with 2 dimensions
swapaxes(zeros(2, 3), 0, 2)
    ShapeError: swapaxes: dim 2 is out of range for a tensor with 2 dimensions
swapdims(zeros(2, 3), 0, 2)
    ShapeError: transpose: dim 2 is out of range for a tensor with 2 dimensions
t(zeros(2, 2, 2))
    ShapeError: t: expected a matrix, got shape (2, 2, 2); use transpose or permute
take(zeros(3), tensor([3]))
    PositionError: take: index must lie in -3..2, got 3..3
take(zeros(3), tensor([0.5]))
    DtypeError: take: index must hold integers, got float32
take_along_dim(zeros(2, 3), tensor([[3]]), 1)
    PositionError: take_along_dim: index must lie in -3..2, got 3..3
tensor_split(zeros(4), 0)
    ArgumentError: tensor_split: indices_or_sections must be an integer >= 1, got 0
tensor_split(zeros(()), 2)
    ShapeError: tensor_split: a tensor without dimensions cannot be taken apart
tile(zeros(3), -1)
    ArgumentError: tile: dims must be an integer >= 0, got -1
topk(zeros(4), 5)
    ArgumentError: topk: k must be at most 4, the size of dim 0, got 5
topk(zeros(4), -1)
    ArgumentError: topk: k must be an integer >= 0, got -1
transpose(zeros(2, 3), 0, 2)
    ShapeError: transpose: dim 2 is out of range for a tensor with 2 dimensions
tril(zeros(3))
    ShapeError: tril: expected 2 dimensions or more, got shape (3,)
triu(zeros(3))
    ShapeError: triu: expected 2 dimensions or more, got shape (3,)
unbind(zeros(2, 3), 2)
    ShapeError: unbind: dim 2 is out of range for a tensor with 2 dimensions
unbind(zeros(()))
    ShapeError: unbind: a tensor without dimensions cannot be taken apart
unflatten(zeros(2, 6), 1, (4, 2))
    ShapeError: unflatten: 6 values of dim 1 of shape (2, 6) do not fit into (4, 2)
unflatten(zeros(2, 6), 2, (3, 2))
    ShapeError: unflatten: dim 2 is out of range for a tensor with 2 dimensions
unique(zeros(2, 3), dim=2)
    ShapeError: unique: dim 2 is out of range for a tensor with 2 dimensions
unsqueeze(zeros(2, 3), 4)
    ShapeError: unsqueeze: dim 4 is out of range for a tensor with 3 dimensions
vstack([zeros(2, 3), zeros(2, 4)])
    ShapeError: vstack: all sizes but that of dim 0 must be equal, got shapes [(2, 3), (2, 4)]
"""
