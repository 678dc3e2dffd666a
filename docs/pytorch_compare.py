"""Signatures of PyTorch beside those of this package: the same, more, fewer arguments, or different."""

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

SAME, MORE, FEWER, DIFFERENT, ABSENT = "same", "more", "fewer", "different", "absent"
# Arguments that the page explains once: where and how PyTorch computes, in which memory, and old spellings.
GENERAL = {
    "out", "device", "layout", "memory_format", "inplace", "pin_memory", "pin_memory_device", "non_blocking",
    "requires_grad", "names", "size_average", "reduce", "foreach", "fused", "capturable", "differentiable",
    "generator", "out_dtype", "check_reduction", "implicit", "orig_func",
}  # fmt: skip
UNKNOWN = object()  # a default that is no plain value


@dataclass(frozen=True)
class Argument:
    """One argument: its name, whether it has a default, and which, and whether it goes by its name only."""

    name: str
    optional: bool
    default: Any
    by_name: bool


@dataclass(frozen=True)
class Verdict:
    """What a comparison gave, and the words for it."""

    kind: str
    note: str = ""


def theirs(form: str) -> list[Argument] | None:
    """The arguments of one form of a call, as the file of names has it; None where it takes anything."""
    function = ast.parse(f"def f({form}): pass").body[0]
    given = function.args  # type: ignore[attr-defined]
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + list(given.defaults)
    found = [_argument(a, d, False) for a, d in zip(plain, defaults, strict=True)]
    found += [_argument(a, d, True) for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    if not found and (given.vararg or given.kwarg):
        return None
    return [a for a in found if a.name not in GENERAL]


def _argument(found: ast.arg, default: ast.expr | None, by_name: bool) -> Argument:
    try:
        value = UNKNOWN if default is None else ast.literal_eval(default)
    except ValueError:  # a name, such as torch.float32
        value = UNKNOWN
    return Argument(found.arg, default is not None, UNKNOWN if value is ... else value, by_name)


def ours(function: Callable[..., Any], *, method: bool = False) -> tuple[list[Argument], bool] | None:
    """The arguments of a function of this package, and whether it takes any number of the first."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    parameters = parameters[1:] if method else parameters
    many = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    kept = [
        p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name not in GENERAL
    ]
    return [
        Argument(p.name, p.default is not p.empty, p.default, p.kind is p.KEYWORD_ONLY) for p in kept
    ], many


def compare(forms: list[str], given: tuple[list[Argument], bool] | None, *, typed: bool) -> Verdict:
    """Compare all forms of PyTorch's with the one signature here; ``typed``: its ``dtype`` matters."""
    parsed = [form for form in map(theirs, forms) if form is not None]
    if not parsed or given is None:
        return Verdict(SAME)
    mine, many = given
    if not typed:
        parsed, mine = [_untyped(form) for form in parsed], _untyped(mine)
    here = {a.name: a for a in mine}
    known = {a.name for form in parsed for a in form}
    lacking = dict.fromkeys(name for form in parsed for name in _lacking(form, here, many))
    as_here = [
        _set(f) for f in parsed if not _set(f) & {*lacking} and not [*_different(f, mine, known, [*lacking])]
    ]
    others = [form for form in parsed if not any(_set(form) <= names for names in as_here)]
    notes = dict.fromkeys(note for form in others for note in _different(form, mine, known, list(lacking)))
    extra = [a for a in mine if a.name not in known]
    renamed = [note for note in notes if note.startswith("`") and " for `" in note]
    spoken = {word for note in renamed for word in note.split("`")[1::2]}
    needed = [f"needs `{a.name}`" for a in extra if not a.optional and a.name not in spoken and not many]
    different = [*notes, *needed]
    left = [f"`{name}`" for name in lacking if name not in spoken]
    more = [f"`{a.name}`" for a in extra if a.optional and a.name not in spoken]
    said = [
        *different,
        *(["without " + ", ".join(left)] if left else []),
        *(["also " + ", ".join(more)] if more else []),
    ]
    kind = DIFFERENT if different else FEWER if left else MORE if more else SAME
    return Verdict(kind, "; ".join(said))


def _set(form: list[Argument]) -> set[str]:
    return {a.name for a in form}


def _untyped(arguments: list[Argument]) -> list[Argument]:
    return [a for a in arguments if a.name != "dtype"]


def _lacking(form: list[Argument], here: dict[str, Argument], many: bool) -> list[str]:
    lacking = [a.name for a in form if a.name not in here]
    first = next((a.name for a in form if not a.by_name and a.name not in here), None)
    return [name for name in lacking if not (many and name == first)]  # what *sizes takes


def _different(
    form: list[Argument], mine: list[Argument], known: set[str], lacking: list[str]
) -> Iterator[str]:
    """What is called, placed or preset in another way."""
    here = {a.name: a for a in mine}
    places = [a.name for a in mine if not a.by_name]
    strangers = [a.name for a in mine if a.name not in known]
    position = 0
    for a in form:
        if a.name in lacking:
            stranger = places[position] if position < len(places) and not a.by_name else None
            if stranger in strangers and here[stranger].optional == a.optional:
                yield f"`{stranger}` for `{a.name}`"
                position += 1
            continue
        if a.name not in here:
            continue
        mine_is = here[a.name]
        if mine_is.by_name and not a.by_name:
            yield f"`{a.name}` by name only"
        elif not a.by_name and not set(lacking) & {b.name for b in form} and a.name in places:
            if places.index(a.name) != position:
                yield f"`{a.name}` in another place"
            position += 1
        elif not a.by_name:
            position += 1
        if a.optional and not mine_is.optional:
            yield f"needs `{a.name}`"
        elif a.optional and not equal(a.default, mine_is.default):
            yield f"`{a.name}={written(mine_is.default)}`, there {written(a.default)}"


def equal(a: Any, b: Any) -> bool:
    """Whether two defaults mean the same: one number may stand for a pair of them, a name for a function."""
    if a is UNKNOWN or b is UNKNOWN:
        return True
    if callable(b):  # a function by its name; None is float32 where a dtype is asked for
        return a == getattr(b, "__name__", None) or (a is None and b is np.float32)
    if a is None and b is False:
        return True
    a, b = (tuple(value) if isinstance(value, list) else value for value in (a, b))
    a, b = (value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value for value in (a, b))
    return bool(a == b) or (a == "inf" and b == float("inf"))


def written(value: Any) -> str:
    """A default as it is written."""
    return "inf" if value == "inf" else getattr(value, "__name__", None) or repr(value)
