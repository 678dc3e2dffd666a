"""The contract of an operation in letters: ``"x: N C H W; w: O C kh kw"``.

Equal letters are equal sizes, ``...`` stands for any sizes in front, ``C/groups`` for a size divided by a
setting. An error speaks in the same letters.
"""

from typing import Any

from ..errors import ArgumentError, ShapeError

Shape = tuple[int, ...]
MOST_KNOWN = 4096


class Dims:
    """A parsed contract; `check` holds shapes against it."""

    def __init__(self, contract: str) -> None:
        self.letters: dict[str, list[str]] = {}
        for part in contract.split(";"):
            name, _, letters = part.partition(":")
            self.letters[name.strip()] = letters.split()
        tokens = [token for letters in self.letters.values() for token in letters]
        self.divisors = [token.partition("/")[2] for token in tokens if "/" in token]
        self.defaults: dict[str, Any] = {}  # of the settings that divide sizes
        self.known: set[tuple[Any, ...]] = set()  # combinations that fit: a training loop repeats a few

    def bind(self, op: str, inputs: tuple[str, ...], defaults: dict[str, Any]) -> None:
        """Hold the contract against the parameters of its operation; note the defaults of its settings."""
        if set(self.letters) != set(inputs):
            raise ArgumentError(
                f"{op}: the contract names {sorted(self.letters)}, the tensors are {sorted(inputs)}"
            )
        unknown = set(self.divisors).difference(defaults)
        if unknown:
            raise ArgumentError(f"{op}: the contract divides by {sorted(unknown)}, which are no settings")
        self.defaults = {name: defaults[name] for name in self.divisors}

    def check(
        self, op: str, names: tuple[str, ...], tensors: tuple[Any, ...], settings: dict[str, Any]
    ) -> None:
        """Raise a `ShapeError` in the op's letters if a tensor does not fit; optional ones may be None."""
        combination = tuple([None if x is None else x.array.shape for x in tensors])
        if self.divisors:
            settings = {**self.defaults, **settings}
            combination += tuple(settings[divisor] for divisor in self.divisors)
        if combination in self.known:
            return
        self._compare(op, names, tensors, settings)
        if len(self.known) < MOST_KNOWN:
            self.known.add(combination)

    def _compare(
        self, op: str, names: tuple[str, ...], tensors: tuple[Any, ...], settings: dict[str, Any]
    ) -> None:
        sizes: dict[str, tuple[int, str]] = {}
        shapes = {name: x.array.shape for name, x in zip(names, tensors, strict=False) if x is not None}
        for name, shape in shapes.items():
            reason = _match(name, self.letters[name], shape, settings, sizes)
            if reason:
                raise ShapeError(self._explain(op, shapes, reason))

    def _explain(self, op: str, shapes: dict[str, Shape], reason: str) -> str:
        expected = ", ".join(f"{n} ({', '.join(self.letters[n])})" for n in shapes)
        got = ", ".join(f"{n} {shape}" for n, shape in shapes.items())
        return f"{op} expects {expected} / got {got} / {reason}"


def _match(
    name: str, letters: list[str], shape: Shape, settings: dict[str, Any], sizes: dict[str, tuple[int, str]]
) -> str | None:
    """Say why a shape does not fit its letters, or None; ``sizes`` collects what each letter stands for."""
    if letters and letters[0] == "...":
        letters, shape = letters[1:], shape[len(shape) - len(letters) + 1 :]
    if len(shape) != len(letters):
        return f"{name} has {len(shape)} dimensions, not {len(letters)}"
    for token, size in zip(letters, shape, strict=True):
        letter, _, divisor = token.partition("/")
        parts = settings[divisor] if divisor else 1
        known, owner = sizes.setdefault(letter, (size * parts, name))
        if known != size * parts:
            if parts != 1:
                return f"{letter} is {known} in {owner} but {size} * {divisor} = {size * parts} in {name}"
            return f"{letter} is {known} in {owner} but {size} in {name}"
    return None
