"""Random calls of every function that PyTorch also has, computed by both and compared.

    python -m tests.sweep --seed 1 --cases 300               every generator, 300 cases each
    python -m tests.sweep --family conv --only conv1d        one family, one generator
    python -m tests.sweep --family conv --only conv1d --number 17 --seed 1      one case again

It needs a Python that has PyTorch. Without it, `tests/test_sweep.py` replays `frozen.npz`, a sample of the
cases with PyTorch's answers.

A family is a file of this folder with a list ``CASES`` of generators; each takes a `Draw` and returns one
`Case`.
"""
