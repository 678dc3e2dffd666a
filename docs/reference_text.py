"""From docstrings to Markdown: formulas, tables of arguments, and examples that run by themselves."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator

SECTION = re.compile(r"(Args|Raises|Returns|Shape|Attributes|Yields|Note):$")
TITLES = {"Args": "Arguments", "Attributes": "Attributes", "Raises": "Raises", "Returns": "Gives"}
Linker = Callable[[str], str | None]


def parts(doc: str) -> Iterator[tuple[str, list[str]]]:
    """Take a docstring apart: text, math, example, or a section with its title in the first line."""
    lines = doc.splitlines()
    i = 0
    while i < len(lines):
        line = lines[i]
        begin = i
        i += 1
        if not line.strip():
            continue
        if line.startswith(">>>"):
            i = _while(lines, i, lambda text: bool(text.strip()))
            yield "example", lines[begin:i]
        elif line.startswith(".. math::") or SECTION.match(line):
            i = _while(lines, i, lambda text: not text.strip() or text.startswith(" "))
            body = inspect.cleandoc("\n".join(["", *lines[begin + 1 : i]])).splitlines()
            head = line.removeprefix(".. math::").strip()
            yield ("math" if line.startswith("..") else "section"), [head, *body]
        else:
            i = _while(lines, i, _goes_on)
            yield "text", lines[begin:i]


def _goes_on(line: str) -> bool:
    return bool(line.strip()) and not line.startswith((">>>", ".. math::")) and not SECTION.match(line)


def _while(lines: list[str], i: int, holds: Callable[[str], bool]) -> int:
    while i < len(lines) and holds(lines[i]):
        i += 1
    return i


def examples(doc: str) -> list[str]:
    """All lines of examples of a docstring, block by block."""
    return ["\n".join(lines) for kind, lines in parts(doc) if kind == "example"]


def markdown(doc: str, link: Linker, imports: list[str]) -> str:
    """A docstring as Markdown; the first of its examples begins with ``imports``."""
    made = []
    for kind, lines in parts(doc):
        if kind == "text":
            made.append(words("\n".join(lines), link))
        elif kind == "math":
            made.append("\n".join(["```math", *(line for line in lines if line.strip()), "```"]))
        elif kind == "section":
            made.append(_section(lines, link))
        else:
            made.append(example("\n".join(lines), imports))
            imports = []
    return "\n\n".join(_joined(made))


def _joined(made: list[str]) -> list[str]:
    """Examples that follow each other, as one block."""
    whole: list[str] = []
    for part in made:
        if whole and part.startswith("```python\n") and whole[-1].startswith("```python\n"):
            whole[-1] = whole[-1].removesuffix("```") + part.removeprefix("```python\n")
        else:
            whole.append(part)
    return whole


def example(lines: str, imports: list[str]) -> str:
    """A block that pytest runs; the empty line ends the last result."""
    return "\n".join(["```python", *(f">>> {line}" for line in imports), lines, "", "```"])


def _section(lines: list[str], link: Linker) -> str:
    """A section of `name: text` lines as a list; any other one as text."""
    title, body = lines[0].removesuffix(":"), lines[1:]
    items: list[str] = []
    for line in body:
        if line.startswith(" ") and items:
            items[-1] += " " + line.strip()
        elif line.strip():
            items.append(line.strip())
    shown = []
    for item in items:
        names, colon, text = item.partition(": ")
        if not colon or not re.fullmatch(r"[\w*]+(, [\w*]+)*( or [\w*]+)?", names):
            shown.append(f"- {words(item, link)}")
            continue
        marked = words(re.sub(r"(?!or\b)[\w*]+", r"`\g<0>`", names), link)
        shown.append(f"- {marked}: {words(text, link)}")
    return "\n".join([f"**{TITLES.get(title, title)}**", "", *shown])


def words(text: str, link: Linker) -> str:
    """The roles of a docstring: mathematics between dollars, names in code marks, with links."""
    kept: list[str] = []

    def keep(made: str) -> str:
        kept.append(made)
        return f"\0{len(kept) - 1}\0"

    text = re.sub(r":math:`([^`]*)`", lambda m: keep(_formula(" ".join(m[1].split()))), text)
    text = re.sub(r"``(.+?)``", lambda m: keep(f"`{' '.join(m[1].split())}`"), text, flags=re.DOTALL)
    text = re.sub(r"`([^`\0]+)`", lambda m: keep(_name(m[1], link)), text)
    text = re.sub(
        r"(?<![\w\\])\*(?=\w)|\*{1,2}(?=\w+\b(?!\*))|(?<= )\|(?= )|<(?=\w)", lambda m: "\\" + m[0], text
    )
    return re.sub(r"\0(\d+)\0", lambda m: kept[int(m[1])], text)


def _name(name: str, link: Linker) -> str:
    target = link(name.removesuffix("()"))
    return f"[`{name}`]({target})" if target else f"`{name}`"


def _formula(formula: str) -> str:
    """A formula; in code marks, too, where Markdown would take a backslash or a star for its own."""
    return f"$`{formula}`$" if re.search(r"\\[^a-zA-Z]|[*_|<]", formula) else f"${formula}$"


def summary(doc: str, link: Linker) -> str:
    """The first sentence, in one line."""
    first = next((" ".join(lines) for kind, lines in parts(doc) if kind == "text"), "")
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z`])", first, maxsplit=1)[0]
    return words(sentence, link).replace("|", "\\|")


def free_names(lines: str) -> list[str]:
    """The names that an example uses and does not define itself."""
    code = [line[4:] for line in lines.splitlines() if line.startswith((">>>", "..."))]
    tree = ast.parse("\n".join(code))
    nodes = list(ast.walk(tree))
    imports = [n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
    bound = {a.asname or a.name.split(".")[0] for n in imports for a in n.names}
    bound |= {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    bound |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    bound |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    bound |= {n.name for n in nodes if isinstance(n, ast.ExceptHandler) and n.name}
    return sorted({n.id for n in nodes if isinstance(n, ast.Name)} - bound)
