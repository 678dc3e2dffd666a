"""The grammar of the seed's configuration file: one layer a line, ``name: key=value, key=value``.

Whole numbers are the only values. ``#`` starts a comment, empty lines are skipped. A line that does not fit
is named by its number and its text.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import ConfigError

MAX_VALUE = 65_536

# Each line of the file in its order: the keys it must have, and those it may have.
GRAMMAR: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "input_shape": (("h", "w", "c"), ()),
    "conv": (("filter_size", "num_filters"), ("padding", "stride")),
    "maxpool": (("pooling_size",), ("stride",)),
    "dense1": (("output_size",), ()),
    "dense2": (("output_size",), ()),
    "num_classes": (("num_classes",), ()),
}
_MAY_BE_ZERO = ("padding",)


@dataclass(frozen=True)
class Line:
    """One line of the file that says something."""

    place: str
    text: str
    name: str
    values: dict[str, int]

    def error(self, what: str) -> ConfigError:
        """Name the place, show the line, say what is wrong."""
        return ConfigError(f"{self.place}: {self.text!r}: {what}")


def parse_lines(text: str, name: str) -> list[Line]:
    """Understand each line that says something."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = []
    for number, row in enumerate(rows, start=1):
        said = row.partition("#")[0].strip()
        if said:
            lines.append(_parse_line(f"{name}, line {number}", said))
    return lines


def _parse_line(place: str, said: str) -> Line:
    name, colon, rest = said.partition(":")
    blank = Line(place, said if len(said) <= 80 else said[:77] + "...", name.strip(), {})
    if not colon:
        raise blank.error("expected a name and a colon, as in 'conv: filter_size=3, num_filters=4'")
    if blank.name not in GRAMMAR:
        raise blank.error(f"there is no layer {blank.name[:40]!r}{_meant(blank.name, GRAMMAR)}")
    values: dict[str, int] = {}
    for item in rest.split(","):
        key, value = _parse_item(blank, item.strip())
        if key in values:
            raise blank.error(f"{key} is given twice")
        values[key] = value
    missing = [key for key in GRAMMAR[blank.name][0] if key not in values]
    if missing:
        raise blank.error(f"{' and '.join(missing)} missing; {_takes(blank.name)}")
    return Line(place, blank.text, blank.name, values)


def _parse_item(line: Line, item: str) -> tuple[str, int]:
    key, equals, value = (part.strip() for part in item.partition("="))
    required, optional = GRAMMAR[line.name]
    if not equals:
        got = repr(item[:40]) if item else "nothing"
        raise line.error(f"expected key=value, got {got}; {_takes(line.name)}")
    if key not in required + optional:
        raise line.error(f"unknown key {key[:40]!r}; {_takes(line.name)}")
    if not re.fullmatch(r"-?[0-9]{1,18}", value, re.ASCII):
        raise line.error(f"{key} must be a whole number, got {value[:40]!r}")
    least = 0 if key in _MAY_BE_ZERO else 1
    if not least <= int(value) <= MAX_VALUE:
        raise line.error(f"{key} must lie from {least} to {MAX_VALUE}, got {value}")
    return key, int(value)


def _takes(name: str) -> str:
    required, optional = GRAMMAR[name]
    extra = f" and, if wanted, {' and '.join(optional)}" if optional else ""
    return f"{name} takes {', '.join(required)}{extra}"


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; the names are {', '.join(known)}"


def in_order(lines: list[Line], name: str) -> dict[str, Line]:
    """Hold the lines against the six that a file has; the order of the layers is the order of the lines."""
    found: dict[str, Line] = {}
    for line in lines:
        if line.name in found:
            raise line.error(f"{line.name} was already given in {found[line.name].place.rpartition(', ')[2]}")
        found[line.name] = line
    missing = [layer for layer in GRAMMAR if layer not in found]
    if missing:
        needed = ", ".join(f"'{layer}: {'=..., '.join(GRAMMAR[layer][0])}=...'" for layer in missing)
        raise ConfigError(f"{name}: expected six lines; missing: {needed}")
    for line, expected in zip(lines, GRAMMAR, strict=True):
        if line.name != expected:
            raise line.error(f"expected {expected} here; the order is {', '.join(GRAMMAR)}")
    return found
