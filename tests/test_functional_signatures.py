"""Names, order and defaults of arguments are PyTorch's."""

import inspect

import pytest

import tinygrad_cnn as tg

SIGNATURES = {
    "conv2d": "input weight bias=None stride=1 padding=0 dilation=1 groups=1",
    "conv_transpose2d": "input weight bias=None stride=1 padding=0 output_padding=0 groups=1 dilation=1",
    "conv1d": "input weight bias=None stride=1 padding=0 dilation=1 groups=1",
    "conv_transpose1d": "input weight bias=None stride=1 padding=0 output_padding=0 groups=1 dilation=1",
    "max_pool1d": "input kernel_size stride=None padding=0 dilation=1 ceil_mode=False return_indices=False",
    "max_pool2d": "input kernel_size stride=None padding=0 dilation=1 ceil_mode=False return_indices=False",
    "avg_pool1d": "input kernel_size stride=None padding=0 ceil_mode=False count_include_pad=True",
    "lp_pool1d": "input norm_type kernel_size stride=None ceil_mode=False",
    "lp_pool2d": "input norm_type kernel_size stride=None ceil_mode=False",
    "adaptive_avg_pool1d": "input output_size",
    "adaptive_avg_pool2d": "input output_size",
    "adaptive_max_pool1d": "input output_size return_indices=False",
    "adaptive_max_pool2d": "input output_size return_indices=False",
    "max_unpool1d": "input indices kernel_size stride=None padding=0 output_size=None",
    "max_unpool2d": "input indices kernel_size stride=None padding=0 output_size=None",
    "avg_pool2d": "input kernel_size stride=None padding=0 ceil_mode=False count_include_pad=True "
    "divisor_override=None",
    "linear": "input weight bias=None",
    "matmul": "input other",
    "relu": "input inplace=False",
    "sigmoid": "input",
    "tanh": "input",
    "softmax": "input dim dtype=None",
    "log_softmax": "input dim dtype=None",
    "dropout": "input p=0.5 training=True inplace=False generator=None",
    "cross_entropy": "input target weight=None ignore_index=-100 reduction='mean' label_smoothing=0.0",
    "nll_loss": "input target weight=None ignore_index=-100 reduction='mean'",
    "mse_loss": "input target reduction='mean' weight=None",
    "l1_loss": "input target reduction='mean' weight=None",
    "smooth_l1_loss": "input target reduction='mean' beta=1.0",
    "huber_loss": "input target reduction='mean' delta=1.0 weight=None",
    "poisson_nll_loss": "input target log_input=True full=False eps=1e-08 reduction='mean'",
    "gaussian_nll_loss": "input target var full=False eps=1e-06 reduction='mean'",
    "binary_cross_entropy": "input target weight=None reduction='mean'",
    "binary_cross_entropy_with_logits": "input target weight=None reduction='mean' pos_weight=None",
    "sigmoid_focal_loss": "inputs targets alpha=0.25 gamma=2.0 reduction='none'",
    "kl_div": "input target reduction='mean' log_target=False",
    "hinge_embedding_loss": "input target margin=1.0 reduction='mean'",
    "margin_ranking_loss": "input1 input2 target margin=0.0 reduction='mean'",
    "soft_margin_loss": "input target reduction='mean'",
    "cosine_embedding_loss": "input1 input2 target margin=0.0 reduction='mean'",
    "batch_norm": "input running_mean running_var weight=None bias=None training=False momentum=0.1 "
    "eps=1e-05",
    "instance_norm": "input running_mean=None running_var=None weight=None bias=None use_input_stats=True "
    "momentum=0.1 eps=1e-05",
    "layer_norm": "input normalized_shape weight=None bias=None eps=1e-05",
    "group_norm": "input num_groups weight=None bias=None eps=1e-05",
    "rms_norm": "input normalized_shape weight=None eps=None",
    "local_response_norm": "input size alpha=0.0001 beta=0.75 k=1.0",
    "interpolate": "input size=None scale_factor=None mode='nearest' align_corners=None "
    "recompute_scale_factor=None antialias=False",
    "grid_sample": "input grid mode='bilinear' padding_mode='zeros' align_corners=None",
    "affine_grid": "theta size align_corners=None",
    "unfold": "input kernel_size dilation=1 padding=0 stride=1",
    "fold": "input output_size kernel_size dilation=1 padding=0 stride=1",
    "pixel_shuffle": "input upscale_factor",
    "pixel_unshuffle": "input downscale_factor",
    "channel_shuffle": "input groups",
    "dropout1d": "input p=0.5 training=True inplace=False generator=None",
    "dropout2d": "input p=0.5 training=True inplace=False generator=None",
    "alpha_dropout": "input p=0.5 training=False inplace=False generator=None",
    "feature_alpha_dropout": "input p=0.5 training=False inplace=False generator=None",
    "drop_path": "input p=0.5 mode='row' training=True generator=None",
    "sum": "input dim=None keepdim=False dtype=None",
    "mean": "input dim=None keepdim=False dtype=None",
    "amax": "input dim=None keepdim=False",
    "max": "input dim=None keepdim=False other=None",
    "prod": "input dim=None keepdim=False dtype=None",
    "norm": "input p='fro' dim=None keepdim=False dtype=None",
    "vector_norm": "input ord=2 dim=None keepdim=False dtype=None",
    "logsumexp": "input dim keepdim=False",
    "cumsum": "input dim dtype=None",
    "diff": "input n=1 dim=-1 prepend=None append=None",
    "sort": "input dim=-1 descending=False stable=False",
    "topk": "input k dim=-1 largest=True sorted=True",
    "kthvalue": "input k dim=-1 keepdim=False",
    "median": "input dim=None keepdim=False",
    "scatter": "input dim index src=None value=None",
    "index_add": "input dim index source alpha=1",
    "take_along_dim": "input indices dim=None",
    "one_hot": "input num_classes=-1",
    "normalize": "input p=2.0 dim=1 eps=1e-12",
    "cosine_similarity": "x1 x2 dim=1 eps=1e-08",
    "pairwise_distance": "x1 x2 p=2.0 eps=1e-06 keepdim=False",
    "allclose": "input other rtol=1e-05 atol=1e-08 equal_nan=False",
    "argmax": "input dim=None keepdim=False",
    "var": "input dim=None unbiased=True keepdim=False correction=1",
    "clip": "input min=None max=None",
    "where": "condition input other",
    "reshape": "input shape",
    "flatten": "input start_dim=0 end_dim=-1",
    "squeeze": "input dim=None",
    "unsqueeze": "input dim",
    "permute": "input dims",
    "transpose": "input dim0 dim1",
    "cat": "tensors dim=0",
    "stack": "tensors dim=0",
    "pad": "input pad mode='constant' value=None",
    "gather": "input dim index",
    "vjp": "func inputs v=None create_graph=False strict=False",
    "jvp": "func inputs v=None create_graph=False strict=False",
    "hvp": "func inputs v=None create_graph=False strict=False",
    "vhp": "func inputs v=None create_graph=False strict=False",
    "jacobian": "func inputs create_graph=False strict=False",
    "hessian": "func inputs create_graph=False strict=False",
}


def written(function) -> str:
    words = []
    for p in inspect.signature(function).parameters.values():
        words.append(p.name if p.default is p.empty else f"{p.name}={p.default!r}")
    return " ".join(words)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_has_pytorchs_signature(name):
    assert written(getattr(tg, name)) == SIGNATURES[name]


def test_other_names_of_the_same_thing():
    assert tg.clamp is tg.clip
    assert tg.concat is tg.cat


def test_everything_public_exists_and_is_listed_once():
    from tinygrad_cnn import functional

    assert len(functional.__all__) == len(set(functional.__all__))
    for name in functional.__all__:
        assert getattr(tg, name, None) is getattr(functional, name) or name == "getitem"  # x[...] is enough


METHODS = (
    "add sub mul div neg pow exp log sqrt abs maximum minimum relu sigmoid tanh softmax log_softmax sum mean "
    "var amax max argmax flatten squeeze unsqueeze transpose expand gather clip clamp matmul reshape view "
    "permute clone to float double long any all T"
)


@pytest.mark.parametrize("name", METHODS.split())
def test_a_tensor_has_the_method(name):
    assert hasattr(tg.Tensor, name)
