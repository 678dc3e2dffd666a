"""What is public: every name that a module of the package offers, and the entry in which it is explained."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from reference_families import FAMILIES, MODULES, NAMES
from reference_text import examples, free_names, parts

PACKAGE = "tinygrad_cnn"
ADDED = Path(__file__).with_name("reference_examples.txt")
# Where names are looked for, in the order in which they get their title; then what these modules offer.
FIRST = (
    "functional",
    "",
    "nn",
    "optim",
    "data",
    "train",
    "viz",
    "io",
    "testing",
    "errors",
    "core",
    "kernels",
)
WITHOUT_PREFIX = ("functional", "")  # `relu`, not `functional.relu`
SAME_AGAIN = "nn.functional"  # the functions once more, in the place that PyTorch gives them


@dataclass
class Entry:
    """One thing that can be used, under all its names; the first one is its title."""

    thing: Any
    paths: list[tuple[str, str]] = field(default_factory=list)  # (module, name)

    @property
    def title(self) -> str:
        """The name under which it stands in the reference."""
        module, name = self.paths[0]
        return name if module in WITHOUT_PREFIX else f"{module}.{name}"

    @property
    def home(self) -> str:
        """The module that defines it, without the name of the package."""
        home = getattr(self.thing, "__module__", None) or ""
        home = home if home.startswith(PACKAGE) else f"{PACKAGE}.{self.paths[0][0]}"
        return home.removeprefix(PACKAGE).strip(".")

    @property
    def line(self) -> int:
        """The line that defines it, for the order of entries."""
        code = getattr(inspect.unwrap(self.thing), "__code__", None) if callable(self.thing) else None
        if code is not None:
            return int(code.co_firstlineno)
        return getattr(self.thing, "__firstlineno__", 0) or _class_line(self.thing)

    @property
    def doc(self) -> str:
        """Its docstring, and the example that it may have beside it."""
        return completed(self.title, own_doc(self.thing))

    @property
    def family(self) -> str:
        """The page on which it stands."""
        return family_of(self.title, self.home)


def _class_line(thing: Any) -> int:
    try:
        return inspect.getsourcelines(thing)[1]
    except (TypeError, OSError):
        return 0


def own_doc(thing: Any) -> str:
    """A docstring that somebody wrote: not that of a base class, a dataclass or a constant's type."""
    doc = getattr(thing, "__doc__", None) if callable(thing) or isinstance(thing, property) else None
    if not doc or (inspect.isclass(thing) and doc.startswith(f"{thing.__name__}(")):
        return ""
    return inspect.cleandoc(doc)


@cache
def added() -> dict[str, str]:
    """Words and examples by title, for what has none in its docstring."""
    _, *found = re.split(r"^=== (.+)\n", ADDED.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title: doc.strip() for title, doc in zip(found[::2], found[1::2], strict=True)}


def completed(title: str, doc: str) -> str:
    """A docstring; without an example, followed by what the file has."""
    return doc if has_example(doc) else "\n\n".join(part for part in (doc, added().get(title, "")) if part)


def family_of(title: str, home: str) -> str:
    """The family of a name: its own, or that of the longest part of its module's name."""
    if title in NAMES:
        return NAMES[title]
    fitting = [key for key in MODULES if home == key or home.startswith((f"{key}.", f"{key}_"))]
    if not fitting:
        raise LookupError(
            f"{title} is defined in {PACKAGE}.{home}, which belongs to no family of the reference; "
            f"give the module one in MODULES of docs/reference_families.py ({', '.join(FAMILIES)})"
        )
    return MODULES[max(fitting, key=len)]


def module_named(path: str) -> ModuleType:
    """The module at a path within the package."""
    return import_module(f"{PACKAGE}.{path}" if path else PACKAGE)


@cache
def public_names() -> dict[str, dict[str, Any]]:
    """What each public module offers: those of FIRST, and the modules among what they offer."""
    found: dict[str, dict[str, Any]] = {}
    todo = list(FIRST)
    while todo:
        path = todo.pop(0)
        if path in found or path == SAME_AGAIN:
            continue
        offered = dict(_offered(module_named(path)))
        found[path] = {name: thing for name, thing in offered.items() if not inspect.ismodule(thing)}
        inside = [thing.__name__ for thing in offered.values() if inspect.ismodule(thing)]
        todo += [name.removeprefix(f"{PACKAGE}.") for name in inside if name.startswith(f"{PACKAGE}.")]
    return found


def _offered(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The names in `__all__`; without one, what is defined in the module, or below it if it is a package."""
    listed = getattr(module, "__all__", None)
    inside = (PACKAGE,) if hasattr(module, "__path__") else (module.__name__,)
    for name in listed if listed is not None else list(vars(module)):
        thing = getattr(module, name)
        home = getattr(thing, "__module__", None) or (PACKAGE if hasattr(module, "__path__") else "")
        if listed is None and (
            name.startswith("_") or not home.startswith(inside) or inspect.ismodule(thing)
        ):
            continue
        yield name, thing


@cache
def entries() -> dict[str, Entry]:
    """Every public thing, once, by title."""
    found: dict[Any, Entry] = {}
    for module, offered in public_names().items():
        for name, thing in offered.items():
            own = callable(thing)
            entry = found.setdefault(id(thing) if own else (name, id(thing)), Entry(thing))
            entry.paths.append((module, name))
    for entry in found.values():
        entry.paths.sort(key=lambda path: _preference(entry.thing, *path))
    return {entry.title: entry for entry in found.values()}


def _preference(thing: Any, module: str, name: str) -> tuple[bool, int]:
    """Its own name first; at the top only what has no other place, but for the engine's."""
    alias = callable(thing) and getattr(thing, "__name__", name) != name
    place = {"": 1000, "core": 2000}.get(module, list(public_names()).index(module))
    return alias, place


@cache
def methods() -> dict[str, str]:
    """The functions that are methods of tensors, too: name of the method -> title of the function."""
    tensor = module_named("core").Tensor
    by_thing = {id(entry.thing): entry.title for entry in entries().values()}
    by_name = {
        name: e.title for e in entries().values() for module, name in e.paths if module == "functional"
    }
    found = {}
    for name, thing in vars(tensor).items():
        title = by_thing.get(id(thing)) or by_name.get(name)
        if title and not name.startswith("_") and callable(thing):
            found[name] = title
    return found


def members(entry: Entry) -> dict[str, Any]:
    """The public methods and properties of a class that no base with an entry of its own explains."""
    if not inspect.isclass(entry.thing):
        return {}
    known = {id(e.thing) for e in entries().values() if inspect.isclass(e.thing) and e is not entry}
    bases = [base for base in entry.thing.__mro__ if base.__module__.startswith(PACKAGE)]
    explained = {name for base in bases if id(base) in known for name in dir(base)}
    explained |= set(methods()) if entry.title == "Tensor" else set()
    found: dict[str, Any] = {}
    for base in bases:
        for name, thing in vars(base).items():
            usable = inspect.isfunction(thing) or isinstance(thing, property) or own_doc_of(thing)
            alias = getattr(thing, "__name__", name) in found and inspect.isfunction(thing)
            if not name.startswith("_") and name not in explained and usable and not alias:
                found.setdefault(name, thing)
    return found


def own_doc_of(thing: Any) -> str:
    """The docstring of a method, property or class method; nothing for other attributes."""
    if isinstance(thing, classmethod | staticmethod):
        thing = thing.__func__
    thing = getattr(thing, "func", thing)  # of a cached property
    known = isinstance(thing, property) or inspect.isfunction(thing)
    return inspect.cleandoc(thing.__doc__ or "") if known else ""


def imports_for(doc: str, home: str) -> list[str]:
    """The imports that the examples of a docstring leave to its module."""
    lines = "\n".join(examples(doc))
    if not lines:
        return []
    module = vars(module_named(home))
    public = {id(e.thing): e.paths for e in entries().values()}
    found = []
    for name in free_names(lines):
        thing = module.get(name)
        if inspect.ismodule(thing):
            found.append(f"import {thing.__name__} as {name}" if thing.__name__ != name else f"import {name}")
        elif name in module:
            paths = [path for path, given in public.get(id(thing), []) if given == name]
            place = paths[0] if paths else None
            source = getattr(thing, "__module__", None) or f"{PACKAGE}.{home}"
            source = source if place is None else ".".join([PACKAGE, place]).strip(".")
            found.append(f"from {'tinygrad_cnn' if place == 'functional' else source} import {name}")
    return sorted(found)


def has_example(doc: str) -> bool:
    """Whether something is executed in a docstring."""
    return any(kind == "example" for kind, _ in parts(doc))
