"""What of PyTorch is absent, by kind: a name belongs to the first kind whose pattern it fits."""

import re

Group = tuple[
    str, str
]  # its title, and the pattern of what belongs to it: "torch.nn.LSTM", "torch.Tensor.conj"
NOT_MEANT: tuple[Group, ...] = (
    ("Methods that change a tensor in place", r"(Tensor|torch|functional)\.\w+[^_]_$"),
    (
        "Recurrent networks, attention, text",
        r"RNN|LSTM|GRU|Transformer|Attention|[Ee]mbedding|CTC|ctc|multi_head|scaled_dot|Bilinear|bilinear$|"
        r"AdaptiveLogSoftmax|rnn",
    ),
    ("Three dimensions", r"3d(_\w+)?$|ChannelsLast3d"),
    (
        "Complex numbers",
        r"angle|conj|\.real$|\.imag$|complex|polar$|view_as|resolve_|isreal|\.c(float|double|half)$|\.m?H$|adjoint|"
        r"is_neg$|\.sgn$|vdot",
    ),
    (
        "Sparse, nested and quantised tensors",
        r"sparse|coalesce|c(row|col)_|\.(row|col)?_?indices|\.values|quantize|is_quant|\.q_|qscheme|int_repr|mkldnn|s?smm$|hspmm|"
        r"sspaddmm|dense_dim|to_dense|nested|SparseAdam|to_padded",
    ),
    (
        "Linear algebra: decompositions and solvers",
        r"linalg\.|cholesky|\.(slog|log)?det$|\.lu|svd|pca|\.qr|solve|inverse|matrix_|lobpcg|or[gm]qr|geqrf|chain_matmul|"
        r"block_diag|spectral_norm|kron$|\.vander",
    ),
    (
        "Fourier transforms, windows, special functions and distributions",
        r"fft|window$|gamma|bessel|\.i0|erfinv|bernoulli|poisson$|multinomial|exponential|cauchy|geometric|log_normal|"
        r"stft|conv_tbc|nextafter|frexp|ldexp|\.sinc|heaviside|hypot|copysign|xlogy|logaddexp|trapezoid|trapz|hash_tensor|gumbel|rrelu|"
        r"RReLU|log_normal|histogramdd|\.logcumsumexp",
    ),
    ("Bits and whole numbers", r"bitwise|\.gcd|\.lcm|shift$|\.popcount"),
    (
        "Devices, memory, types and threads",
        r"cuda|\.xpu|\.ipu|\.cpu$|\.is_(cpu|meta|mps|xla)|device|pin_memory|is_pinned|storage|stride|data_ptr|contiguous|"
        r"share|\.half|bfloat16|\.type|\.(char|short|byte)$|autocast|flush|num_threads|num_interop|default_|deterministic|"
        r"rng_state|Generator|element_size|itemsize|nbytes|precision|set_\.|\.set_$|from_file|frombuffer|"
        r"memory_format|module_load|dlpack_device|\.new|\.untyped|lazy|Lazy|thread_safe|printoptions|warn_always|"
        r"\.seed$|initial_seed|\.is_(storage|inference|signed|same_size|set_to|distributed)|promote_types|"
        r"can_cast|result_type|skip_init|cxx11|is_inference_mode|storage_offset|grad_dtype|get_dtype|is_[ix]pu|mtia|"
        r"dim_order|record_stream|empty_permuted|post_accumulate|retains_grad|inference_mode",
    ),
    (
        "Compilers, workers, function transforms, names of dimensions",
        r"[Dd]istributed|DataParallel|DataPipe|compile|vmap|while_loop|\.cond$|\.sym_|parse_|import_ir|typename|"
        r"align_|\.names|rename|refine|\.fork|\.wait|unify_type|merge_type|init_num|worker|as_subclass|"
        r"Multithread|multithread|reinforce|SelectiveCheckpoint|selective|CheckpointPolicy|GraphExec|DefaultDeviceType|"
        r"debug_enabled|early_stop|layout_policy|Buffer|UninitializedP|has_names|fake_",
    ),
    (
        "Halves and copies of other functions",
        r"_copy$|unsafe_|native_|_scatter$|_with_indices|_static$|(scaled|grouped)_mm",
    ),
)
COULD_COME = "The rest, which could come"


def group_of(path: str) -> str:
    """The title of the group of an absent name."""
    return next((title for title, pattern in NOT_MEANT if re.search(pattern, path)), COULD_COME)
