"""The marker `op_samples`: one test for each sample of each op, with readable ids."""

import difflib
from collections import Counter
from typing import Any

import pytest

from ...core import REGISTRY, Op
from ...errors import ArgumentError
from ..samples import name_of, samples_of


def parametrize(metafunc: pytest.Metafunc, marker: pytest.Mark) -> None:
    """Give a test its samples; what is wrong with the marker is said in words."""
    where = f"@pytest.mark.op_samples on {metafunc.function.__name__}"
    if marker.kwargs:
        _refuse(f"{where} takes names of ops, and no {', '.join(marker.kwargs)}")
    if "sample" not in metafunc.fixturenames:
        _refuse(f"{where} gives each sample in the argument 'sample', and the test takes none; add it")
    rows = [(call, sample) for call, samples in _chosen(where, marker.args) for sample in samples]
    if "op" in metafunc.fixturenames:
        metafunc.parametrize(("op", "sample"), rows, ids=_ids(rows))
    else:
        metafunc.parametrize("sample", [sample for _, sample in rows], ids=_ids(rows))


def _chosen(where: str, ops: tuple[Any, ...]) -> list[tuple[Any, list[Any]]]:
    """List what to call, and its samples, for each op."""
    if not ops:
        return [(record.call, samples_of(record)) for record in REGISTRY.values()]
    return [_one(where, op) for op in ops]


def _one(where: str, op: Any) -> tuple[Any, list[Any]]:
    try:
        name = name_of(op)
    except ArgumentError as error:
        _refuse(f"{where}: {error}")
    if isinstance(op, str) and name not in REGISTRY:
        close = difflib.get_close_matches(name, REGISTRY, n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else "import the module that registers it first"
        _refuse(f"{where}: there is no op {name!r} in REGISTRY; {hint}")
    samples = samples_of(op)
    if not samples:
        _refuse(
            f"{where}: {name} has no samples; add some beside its definition: add_samples({name}, (x, w))"
        )
    call = REGISTRY[name].call if isinstance(op, str) else op.call if isinstance(op, Op) else op
    return call, samples


def _ids(rows: list[tuple[Any, Any]]) -> list[str]:
    """Number samples that look alike, so that every id is given once."""
    names = [sample.name for _, sample in rows]
    seen: Counter[str] = Counter()
    ids = []
    for name in names:
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return ids


def _refuse(words: str) -> Any:
    """Fail the collection of this test, without a traceback."""
    pytest.fail(words, pytrace=False)
