"""Cases with PyTorch's answers in one file of arrays, so that they can be replayed without PyTorch."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .case import Case, Constant

SMALL = 90  # numbers in all results of a case that is kept
KINDS = {
    "f": "floats",
    "i": "integers",
    "u": "integers",
    "b": "integers",
}  # all numbers of a kind lie in a row


class Store:
    """All numbers in two rows, and the places of arrays in them: thousands of small arrays would each cost a
    header."""

    def __init__(self, floats: Any = (), integers: Any = ()) -> None:
        self.numbers = {"floats": list(floats), "integers": list(integers)}

    def put(self, array: np.ndarray) -> list[Any]:
        """Add an array, and give its place."""
        row = self.numbers[KINDS[array.dtype.kind]]
        start = len(row)
        row += array.ravel().tolist()
        return [start, list(array.shape), array.dtype.str]

    def get(self, place: list[Any]) -> np.ndarray:
        """Give the array at a place."""
        start, shape, dtype = place
        row = self.numbers[KINDS[np.dtype(dtype).kind]]
        return np.array(row[start : start + math.prod(shape)]).astype(dtype).reshape(shape)

    def rows(self) -> dict[str, np.ndarray]:
        """Give what is written."""
        return {
            "floats": np.array(self.numbers["floats"], np.float64),
            "integers": np.array(self.numbers["integers"], np.int64),
        }


def chosen(cases: Iterator[Case], title: str, most: int) -> Iterator[tuple[str, Case]]:
    """Yield small cases that both sides agree about: different settings first come, first kept."""
    from . import theirs

    kept, refused = 0, 0
    for case in cases:
        if case.differs or kept >= most:
            continue
        if (
            case.adjust is not None
            or case.ours is not None
            or callable(case.theirs)
            or _unwritable([list(case.args), case.settings, list(case.inputs or ())])
        ):
            continue
        answer, _ = theirs.run(case, np.float64)
        if answer.error is not None:
            if refused == 0:
                refused = 1
                yield title, case
        elif sum(a.size for a in answer.arrays.values()) <= SMALL:
            kept += 1
            yield title, case


def write(cases: Iterator[tuple[str, Case]], path: Path) -> None:
    """Ask PyTorch about each case, and write question and answer."""
    from . import theirs

    store = Store()
    entries = []
    for title, case in cases:
        answer, state = theirs.run(case, np.float64)
        entry = {
            "title": title,
            "name": case.name,
            "args": _packed(list(case.args), store),
            "settings": _packed(case.settings, store),
            "inputs": None if case.inputs is None else _packed(list(case.inputs), store),
            "training": case.training,
            "second": case.second,
            "skip": list(case.skip),
            "state": _packed(state or {}, store),
            "answer": None if answer.error is not None else _packed(answer.arrays, store),
        }
        entries.append(entry)
    index = np.frombuffer(json.dumps(entries).encode(), np.uint8)
    np.savez_compressed(path, index=index, **store.rows())
    print(f"{len(entries)} cases, {path.stat().st_size / 1e3:.0f} kB")


def read(path: Path) -> Iterator[tuple[str, Case, dict[str, np.ndarray], dict[str, np.ndarray] | None]]:
    """Yield the title, the case, the state of its layer, and PyTorch's answer (None: it raised)."""
    with np.load(path, allow_pickle=False) as file:
        store = Store(file["floats"], file["integers"])
        index = bytes(file["index"])
    for entry in json.loads(index):
        case = Case(
            entry["name"],
            _unpacked(entry["args"], store),
            _unpacked(entry["settings"], store),
            None if entry["inputs"] is None else _unpacked(entry["inputs"], store),
            training=entry["training"],
            second=entry["second"],
            skip=tuple(entry["skip"]),
        )
        answer = None if entry["answer"] is None else _unpacked(entry["answer"], store)
        yield entry["title"], case, _unpacked(entry["state"], store), answer


def _unwritable(value: Any) -> bool:
    if isinstance(value, dict):
        return _unwritable(list(value.values()))
    if isinstance(value, list | tuple):
        return any(map(_unwritable, value))
    plain = isinstance(value, np.ndarray | Constant | slice | bool | int | float | str)
    return not (plain or value is None or value is ...)


def _packed(value: Any, store: Store) -> Any:
    """Turn a value into what JSON can hold; arrays go into the list, and their number stays."""
    if isinstance(value, np.ndarray | Constant):
        array = value.array if isinstance(value, Constant) else value
        return {"constant" if isinstance(value, Constant) else "array": store.put(array)}
    if isinstance(value, dict):
        return {"dict": [[name, _packed(v, store)] for name, v in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [_packed(v, store) for v in value]}
    if isinstance(value, list):
        return [_packed(v, store) for v in value]
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    return {"dots": 1} if value is ... else value


def _unpacked(value: Any, store: Store) -> Any:
    if isinstance(value, list):
        return [_unpacked(v, store) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind in ("array", "constant"):
        array = store.get(inner)
        return Constant(array) if kind == "constant" else array
    if kind == "dict":
        return {name: _unpacked(v, store) for name, v in inner}
    if kind == "slice":
        return slice(*inner)
    return ... if kind == "dots" else tuple(_unpacked(v, store) for v in inner)
