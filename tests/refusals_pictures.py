"""Wrong calls of what works on lines and pictures."""

# As in `refusals`: a wrong call, and below it the error and how its message begins.
ROWS = """
adaptive_avg_pool1d(zeros(1, 2, 3), -1)
    ArgumentError: adaptive_avg_pool1d: output_size must be an integer >= 0, got -1
adaptive_avg_pool1d(zeros(3), 2)
    ShapeError: adaptive_avg_pool1d expects x (N, C, L) or (C, L) / got x (3,)
adaptive_avg_pool2d(zeros(1, 2, 3, 3), (1, 2, 3))
    ArgumentError: adaptive_avg_pool2d: output_size must be one integer or two, got (1, 2, 3)
adaptive_avg_pool2d(zeros(3, 3), 2)
    ShapeError: adaptive_avg_pool2d expects x (N, C, H, W) or (C, H, W) / got x (3, 3)
adaptive_max_pool1d(zeros(1, 2, 3), -1)
    ArgumentError: adaptive_max_pool1d: output_size must be an integer >= 0, got -1
adaptive_max_pool1d(zeros(3), 2)
    ShapeError: adaptive_max_pool1d expects x (N, C, L) or (C, L) / got x (3,)
adaptive_max_pool2d(zeros(1, 2, 3, 3), (1, 2, 3))
    ArgumentError: adaptive_max_pool2d: output_size must be one integer or two, got (1, 2, 3)
adaptive_max_pool2d(zeros(3, 3), 2)
    ShapeError: adaptive_max_pool2d expects x (N, C, H, W) or (C, H, W) / got x (3, 3)
affine_grid(zeros(1, 3, 2), (1, 1, 4, 4))
    ShapeError: affine_grid expects theta (1, 2, 3) for size (1, 1, 4, 4) / got (1, 3, 2)
affine_grid(zeros(1, 2, 3), (1, 1, 4))
    ArgumentError: affine_grid: size must be (N, C, H, W) or (N, C, D, H, W), got (1, 1, 4)
alpha_dropout(zeros(2, 3), 1.5)
    ArgumentError: alpha_dropout: p must lie in 0..1, got 1.5
alpha_dropout(zeros(2, 3), 0.5, training=True, generator=0)
    ArgumentError: alpha_dropout: generator must be np.random.default_rng(seed) or None, got 0
avg_pool1d(zeros(1, 2, 3), 4)
    ShapeError: avg_pool1d: a kernel of 4 (dilation 1) covers 4, but the length is 3 + padding 0 + 0 = 3; use
avg_pool1d(zeros(1, 2, 3), 2, stride=0)
    ArgumentError: avg_pool1d: stride must be an integer >= 1, got 0
avg_pool1d(zeros(3), 2)
    ShapeError: avg_pool1d expects x (N, C, L) or (C, L) / got x (3,)
avg_pool2d(zeros(1, 2, 3, 3), 4)
    ShapeError: avg_pool2d: a kernel of 4 (dilation 1) covers 4, but the height is 3 + padding 0 + 0 = 3; use
avg_pool2d(zeros(1, 2, 3, 3), 0)
    ArgumentError: avg_pool2d: kernel_size must be an integer >= 1, got 0
avg_pool2d(zeros(3, 3), 2)
    ShapeError: avg_pool2d expects x (N, C, H, W) or (C, H, W) / got x (3, 3)
batch_norm(zeros(2, 3), None, None, training=1)
    ArgumentError: batch_norm: training must be True or False, got 1
batch_norm(zeros(2, 3), zeros(4), zeros(4))
    ShapeError: batch_norm expects running_mean (3,) for x (2, 3) / got running_mean (4,)
batch_norm(zeros(2, 3), None, None)
    ArgumentError: batch_norm: running_mean and running_var are needed but with training=True
channel_shuffle(zeros(1, 3, 2, 2), 2)
    ShapeError: channel_shuffle expects x (N, C, L, ...) with C a multiple of 2 / got x (1, 3, 2, 2)
channel_shuffle(zeros(3), 1)
    ShapeError: channel_shuffle expects x (N, C, L, ...) with C a multiple of 1 / got x (3,)
conv1d(zeros(1, 2, 9), zeros(4, 3, 3))
    ShapeError: conv1d expects x (N, C, L), w (O, C/groups, k) / got x (1, 2, 9), w (4, 3, 3) / C is 2 in x
conv1d(zeros(1, 2, 9), zeros(4, 2, 3), stride=0)
    ArgumentError: conv1d: stride must be an integer >= 1, got 0
conv1d(zeros(1, 2, 2), zeros(4, 2, 3))
    ShapeError: conv1d: a kernel of 3 (dilation 1) covers 3, but the length is 2 + padding 0 + 0 = 2; use a
conv2d(zeros(1, 2, 9, 9), zeros(4, 3, 3, 3))
    ShapeError: conv2d expects x (N, C, H, W), w (O, C/groups, kh, kw) / got x (1, 2, 9, 9), w (4, 3, 3, 3) /
conv2d(zeros(1, 2, 9, 9), zeros(4, 2, 3, 3), dilation=-1)
    ArgumentError: conv2d: dilation must be an integer >= 1, got -1
conv2d(zeros(1, 2, 9, 9), None)
    DtypeError: conv2d: expected a tensor, an array or numbers, got NoneType
conv_transpose1d(zeros(1, 2, 9), zeros(3, 4, 3))
    ShapeError: conv_transpose1d expects x (N, C, L) or (C, L), w (C, O/groups, k) / got x (1, 2, 9), w (3,
conv_transpose1d(zeros(1, 2, 9), zeros(2, 4, 3), stride=0)
    ArgumentError: conv_transpose1d: stride must be an integer >= 1, got 0
conv_transpose1d(zeros(1, 2, 1), zeros(2, 4, 1), padding=3)
    ShapeError: conv_transpose1d: 1 would become 1 - 2 * 3 + 0 = -5; use less padding or a larger kernel
conv_transpose2d(zeros(1, 2, 9, 9), zeros(3, 4, 3, 3))
    ShapeError: conv_transpose2d expects x (N, C, H, W) or (C, H, W), w (C, O/groups, kh, kw) / got x (1, 2,
conv_transpose2d(zeros(1, 2, 9, 9), zeros(2, 4, 3, 3), output_padding=1)
    ArgumentError: conv_transpose2d: output_padding (1, 1) must be smaller than stride (1, 1) or dilation (1,
drop_path(zeros(2, 3), 1.5)
    ArgumentError: drop_path: p must lie in 0..1, got 1.5
drop_path(zeros(2, 3), 0.5, training=True, generator=0)
    ArgumentError: drop_path: generator must be np.random.default_rng(seed) or None, got 0
dropout(zeros(3), 0.5, training="a")
    ArgumentError: dropout: training must be True or False, got 'a'
dropout(zeros(2, 3), 1.5)
    ArgumentError: dropout: p must lie in 0..1, got 1.5
dropout(zeros(2, 3), 0.5, training=True, generator=0)
    ArgumentError: dropout: generator must be np.random.default_rng(seed) or None, got 0
dropout1d(zeros(2, 3), 1.5)
    ArgumentError: dropout1d: p must lie in 0..1, got 1.5
dropout1d(zeros(2, 3), 0.5, training=True, generator=0)
    ArgumentError: dropout1d: generator must be np.random.default_rng(seed) or None, got 0
dropout2d(zeros(2, 3), 1.5)
    ArgumentError: dropout2d: p must lie in 0..1, got 1.5
dropout2d(zeros(2, 3), 0.5, training=True, generator=0)
    ArgumentError: dropout2d: generator must be np.random.default_rng(seed) or None, got 0
feature_alpha_dropout(zeros(2, 3), 1.5)
    ArgumentError: feature_alpha_dropout: p must lie in 0..1, got 1.5
feature_alpha_dropout(zeros(2, 3), 0.5, training=True, generator=0)
    ArgumentError: feature_alpha_dropout: generator must be np.random.default_rng(seed) or None, got 0
fold(zeros(1, 8, 4), (4, 4), 2)
    ShapeError: fold expects columns x (N, C 4, 9): windows (2, 2) stand at 3 times 3 places of (4, 4) / got
fold(zeros(1, 7, 9), (4, 4), 2)
    ShapeError: fold expects columns x (N, C 4, 9): windows (2, 2) stand at 3 times 3 places of (4, 4) / got
fold(zeros(1, 8, 9), (4, 4), 2, stride=0)
    ArgumentError: fold: stride must be an integer >= 1, got 0
grid_sample(zeros(1, 1, 3, 3), zeros(1, 2, 2, 2), align_corners=1)
    ArgumentError: grid_sample: align_corners must be True or False, got 1
grid_sample(zeros(1, 1, 3, 3), zeros(1, 2, 2, 3))
    ShapeError: grid_sample expects x (N, C, H, W) and grid (N, H', W', 2), or x (N, C, D, H, W) and grid (N,
grid_sample(zeros(1, 1, 3, 3), zeros(1, 2, 2, 2), mode="a")
    ArgumentError: grid_sample: mode must be 'bilinear' or 'nearest', got 'a'
group_norm(zeros(2, 3, 4), 2)
    ShapeError: group_norm expects x (N, C, ...) with C a multiple of 2 / got x (2, 3, 4)
group_norm(zeros(2, 4), 0)
    ArgumentError: group_norm: num_groups must be an integer >= 1, got 0
instance_norm(zeros(2, 3))
    ShapeError: instance_norm expects x (N, C, ...) with more than one pixel / got x (2, 3)
instance_norm(zeros(2, 3, 4), zeros(4), zeros(4))
    ShapeError: instance_norm expects running_mean (3,) for x (2, 3, 4) / got running_mean (4,)
interpolate(zeros(1, 2, 3), size=0)
    ShapeError: interpolate: sizes must be above 0, got x (1, 2, 3) and the new size [0]
interpolate(zeros(1, 2, 3))
    ArgumentError: interpolate: give either size or scale_factor
interpolate(zeros(1, 2, 3), 4, mode="bilinear")
    ShapeError: interpolate: mode 'bilinear' expects x with 4 dimensions, N and C first / got x (1, 2, 3)
layer_norm(zeros(2, 3), (4,))
    ShapeError: layer_norm expects x (..., 4) / got x (2, 3)
layer_norm(zeros(2, 3), (3,), zeros(4))
    ShapeError: layer_norm expects weight (3,) / got weight (4,)
local_response_norm(zeros(1, 2, 3), 0)
    ArgumentError: local_response_norm: size must be an integer >= 1, got 0
local_response_norm(zeros(3), 2)
    ShapeError: local_response_norm expects x (N, C, ...) with pixels / got x (3,)
lp_pool1d(zeros(1, 2, 3), 2, 4)
    ShapeError: lp_pool1d: a kernel of 4 (dilation 1) covers 4, but the length is 3 + padding 0 + 0 = 3; use
lp_pool1d(zeros(1, 2, 3), 0, 2)
    ArgumentError: lp_pool1d: norm_type must be a number other than 0, got 0
lp_pool2d(zeros(1, 2, 3, 3), 2, 4)
    ShapeError: lp_pool2d: a kernel of 4 (dilation 1) covers 4, but the height is 3 + padding 0 + 0 = 3; use
lp_pool2d(zeros(1, 2, 3, 3), None, 2)
    ArgumentError: lp_pool2d: norm_type must be a number, got None
max_pool1d(zeros(1, 2, 3), 4)
    ShapeError: max_pool1d: a kernel of 4 (dilation 1) covers 4, but the length is 3 + padding 0 + 0 = 3; use
max_pool1d(zeros(1, 2, 3), 2, stride=0)
    ArgumentError: max_pool1d: stride must be an integer >= 1, got 0
max_pool1d(zeros(3), 2)
    ShapeError: max_pool1d expects x (N, C, L) or (C, L) / got x (3,)
max_pool2d(zeros(1, 2, 3, 3), 4)
    ShapeError: max_pool2d: a kernel of 4 (dilation 1) covers 4, but the height is 3 + padding 0 + 0 = 3; use
max_pool2d(zeros(1, 2, 3, 3), 0)
    ArgumentError: max_pool2d: kernel_size must be an integer >= 1, got 0
max_pool2d(zeros(3, 3), 2)
    ShapeError: max_pool2d expects x (N, C, H, W) or (C, H, W) / got x (3, 3)
max_unpool1d(zeros(1, 1, 2), tensor([[[0, 9]]]), 2)
    ShapeError: max_unpool1d: indices must lie in 0..3, the places of a result of size (4,), got 0..9
max_unpool1d(zeros(1, 1, 2), tensor([[[0]]]), 2)
    ShapeError: max_unpool1d: indices must have the shape of input (1, 1, 2), got (1, 1, 1)
max_unpool2d(zeros(1, 1, 1, 1), tensor([[[[9]]]]), 2)
    ShapeError: max_unpool2d: indices must lie in 0..3, the places of a result of size (2, 2), got 9..9
max_unpool2d(zeros(1, 1, 1, 1), tensor([[[[0]]]]), 0)
    ArgumentError: max_unpool2d: kernel_size must be an integer >= 1, got 0
pad(zeros(2, 3), (1,))
    ShapeError: pad: expected pairs for at most 2 dimensions, got 1 numbers
pad(zeros(2, 3), (-4, 0))
    ShapeError: pad: (-4, 0) cuts off more than the 3 values of dim 1 of shape (2, 3)
pad(zeros(2, 3), (1, 1), mode="a")
    ArgumentError: pad: mode must be one of 'constant', 'reflect', 'replicate', 'circular', got 'a'
pixel_shuffle(zeros(1, 3, 2, 2), 2)
    ShapeError: pixel_shuffle expects x (..., C, H, W) with C a multiple of 4 / got x (1, 3, 2, 2)
pixel_shuffle(zeros(1, 4, 2, 2), 0)
    ArgumentError: pixel_shuffle: upscale_factor must be an integer >= 1, got 0
pixel_unshuffle(zeros(1, 1, 3, 3), 2)
    ShapeError: pixel_unshuffle expects x (..., C, H, W) with H and W multiples of 2 / got x (1, 1, 3, 3)
pixel_unshuffle(zeros(1, 1, 2, 2), -1)
    ArgumentError: pixel_unshuffle: downscale_factor must be an integer >= 1, got -1
rms_norm(zeros(2, 3), (4,))
    ShapeError: rms_norm expects x (..., 4) / got x (2, 3)
unfold(zeros(1, 1, 2, 2), 3)
    ShapeError: unfold: a kernel of 3 (dilation 1) covers 3, but the height is 2 + padding 0 + 0 = 2; use a
unfold(zeros(2, 2), 1)
    ShapeError: unfold expects x (N, C, H, W) or (C, H, W), C, H and W above 0 / got x (2, 2)
unfold(zeros(1, 1, 2, 2), 1, stride=0)
    ArgumentError: unfold: stride must be an integer >= 1, got 0
"""
