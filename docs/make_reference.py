"""Writes reference/, a page for each family of public names:  python docs/make_reference.py

Everything stands in docstrings and signatures; introductions are in reference_families.py, and examples for
what cannot have them in a docstring of its own in reference_examples.txt.
"""

import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any

from reference_families import FAMILIES
from reference_names import Entry, completed, entries, has_example, imports_for, members, methods, own_doc_of
from reference_text import markdown, summary, words

FOLDER = Path(__file__).with_name("reference")
NOTE = (
    "This page is generated from the docstrings by `python docs/make_reference.py`, and every example on it "
    "is run. `tg` is `tinygrad_cnn`, and `x` a tensor."
)
IN_FULL = ("Tensor", "nn.Module")  # classes whose methods have sections of their own
Section = tuple[str, str, str]  # its title, its first sentence, its text


def make_pages() -> dict[str, str]:
    """All pages by file name."""
    pages = {"README.md": _index()}
    for family in FAMILIES:
        if _of(family):
            pages[f"{family}.md"] = _page(family)
    return pages


@cache
def _of(family: str) -> list[Entry]:
    """The entries of a page: functions before classes before the rest, each in the order of the source."""
    found = [entry for entry in entries().values() if entry.family == family]
    return sorted(found, key=lambda e: (_kind(e), e.home, e.line, e.title))


def _kind(entry: Entry) -> int:
    return 1 if inspect.isclass(entry.thing) else 0 if callable(entry.thing) else 2


def _index() -> str:
    lines = [
        "# Reference",
        "",
        "Everything that is public, by family, each with an example that is run. These pages are generated "
        "from the docstrings by `python docs/make_reference.py`.",
        "",
        "| family | names |",
        "|---|---|",
    ]
    for family, (title, _) in FAMILIES.items():
        if _of(family):
            names = " · ".join(f"[`{e.title}`]({family}.md#{anchor(e.title)})" for e in _of(family))
            lines.append(f"| [{title}]({family}.md) | {names} |")
    return "\n".join([*lines, ""])


def _page(family: str) -> str:
    title, introduction = FAMILIES[family]
    sections = [section for entry in _of(family) for section in _sections(entry)]
    lines = [f"# {title}", "", words(introduction, _linker(family, "")), "", NOTE, "", "| | |", "|---|---|"]
    lines += [f"| [`{name}`](#{anchor(name)}) | {first} |" for name, first, _ in sections]
    lines += ["", *(text for _, _, text in sections)]
    if family == "tensor":
        lines.append(_table_of_methods())
    return "\n".join(lines)


def anchor(title: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _linker(family: str, home: str) -> Any:
    """What a name in single quotes leads to: a full title, or the end of one, the nearest first."""

    def link(name: str) -> str | None:
        name = name.removeprefix("functional.").removeprefix("tg.")
        fitting = [e for title, e in entries().items() if title == name or title.endswith(f".{name}")]
        fitting.sort(key=lambda e: (e.home != home, e.family != family, e.title != name))
        fitting = [e for e in fitting if e.family != "kernels" or family == "kernels"]
        if not fitting:
            return None
        place = "" if fitting[0].family == family else f"{fitting[0].family}.md"
        return f"{place}#{anchor(fitting[0].title)}"

    return link


def _sections(entry: Entry) -> list[Section]:
    """The section of an entry and, for the classes with the most methods, those of its methods."""
    link = _linker(entry.family, entry.home)
    doc = entry.doc
    lines = [f"### {entry.title}", "", *_called(entry), *_also(entry)]
    body = markdown(doc, link, imports_for(doc, entry.home))
    inside = members(entry)
    if entry.title in IN_FULL:
        made = [_method(entry, name, thing) for name, thing in sorted(inside.items())]
        return [(entry.title, summary(doc, link), "\n".join([*lines, body.strip(), ""])), *made]
    if inside:
        body += "\n\n**Methods and attributes**\n\n" + "\n".join(
            _bullet(entry, name, thing) for name, thing in inside.items()
        )
    return [(entry.title, summary(doc, link), "\n".join([*lines, body.strip(), ""]))]


def _called(entry: Entry) -> list[str]:
    if not callable(entry.thing):
        return []
    name = entry.title if "." in entry.title else f"tg.{entry.title}"
    return [f"`{name}{signature(entry.thing)}`", ""]


def _also(entry: Entry) -> list[str]:
    """Other names of the same thing."""
    name = entry.title.rpartition(".")[2]
    others = [
        f"tg.{alias}" if module in ("", "functional") else f"{module}.{alias}"
        for module, alias in entry.paths
    ]
    others += [f"x.{method}" for method, title in methods().items() if title == entry.title]
    own = {entry.title, f"tg.{name}" if "." not in entry.title else ""}
    listed = sorted(set(others) - own, key=lambda other: (other.startswith("x."), other))
    return [f"Also {', '.join(f'`{other}`' for other in listed)}.", ""] if listed else []


def signature(thing: Any, *, method: bool = False) -> str:
    """What stands between the parentheses, without types."""
    try:
        parameters = list(inspect.signature(thing).parameters.values())
    except (TypeError, ValueError):
        return "()"
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return "(message)"
    if method:
        parameters = parameters[1:]
    plain = [p.replace(annotation=p.empty) for p in parameters]
    plain = [p if p.default is p.empty else p.replace(default=_shown(p.default)) for p in plain]
    return str(inspect.Signature(plain))


def _shown(default: Any) -> Any:
    """A default that is written as a name where its own words would be too many."""
    if callable(default) and hasattr(default, "__name__"):
        return _Word(default.__name__)
    return default if len(repr(default)) < 40 and " at 0x" not in repr(default) else _Word("...")


class _Word(str):
    def __repr__(self) -> str:
        return str(self)


def _method(entry: Entry, name: str, thing: Any) -> Section:
    """The section of one method of `Tensor` or `Module`."""
    title = f"{entry.title}.{name}"
    doc = completed(title, own_doc_of(thing))
    link = _linker(entry.family, entry.home)
    who = "x" if entry.title == "Tensor" else "module"
    shown = f"`{who}.{name}{_call(thing)}`"
    body = markdown(doc, link, imports_for(doc, entry.home))
    return title, summary(doc, link), "\n".join([f"### {title}", "", shown, "", body.strip(), ""])


def _call(thing: Any) -> str:
    if isinstance(thing, classmethod | staticmethod):
        return signature(thing.__func__, method=isinstance(thing, classmethod))
    return signature(thing, method=True) if inspect.isfunction(thing) else ""


def _bullet(entry: Entry, name: str, thing: Any) -> str:
    doc = own_doc_of(thing)
    link = _linker(entry.family, entry.home)
    made = f"- `{name}{_call(thing)}`: {summary(doc, link)}" if doc else f"- `{name}{_call(thing)}`"
    if has_example(doc):
        text = markdown(doc, link, imports_for(doc, entry.home))
        blocks = re.findall(r"```python\n.*?```", text, re.DOTALL)
        made = "\n\n".join([made, *blocks, ""])
    return made


def _table_of_methods() -> str:
    """The methods that are functions, too, each with a link to it."""
    link = _linker("tensor", "")
    rows = [f"[`{name}`]({link(title)})" for name, title in sorted(methods().items())]
    return "\n".join(["## Methods that are functions", "", " · ".join(rows), ""])


def main() -> None:
    """Write all pages, and take away those of families that are gone."""
    pages = make_pages()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"wrote {len(pages)} pages of {len(entries())} names to {FOLDER}")


if __name__ == "__main__":
    main()
