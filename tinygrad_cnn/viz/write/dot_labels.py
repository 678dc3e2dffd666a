r"""What stands in the boxes of the DOT picture: at most three lines, escaped so that nothing in it is read.

In a quoted string DOT reads ``\"``; in a label also ``\N``, ``\G`` and others (the name of the node, of the
graph), and names of characters such as ``&lt;``. Doubling every backslash and writing ``&`` as ``&amp;``
leaves a user's text as it is.
"""

from ..graph.health import bad_word
from ..graph.model import FOLD, Graph, Group, Item
from .words import clean, count, magnitude, number, shape_text

LONGEST = 44  # columns of a line in a box


def quoted(lines: list[str], left: bool = False) -> str:
    r"""Write lines, already without control characters, as one string of DOT.

    >>> print(quoted(['a "b"', r"\N", "x & y"]))
    "a \"b\"\n\\N\nx &amp; y"
    """
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + ("\\l".join([*escaped, ""]) if left else "\\n".join(escaped)) + '"'


def attributes(**given: str | list[str]) -> str:
    """Write attributes, by name; a list is the lines of a label, and an empty text is left out.

    >>> attributes(label=["a", "b"], color="red", style="")
    'color="red" label="a\\\\nb"'
    """
    pairs = ((name, [value] if isinstance(value, str) else value) for name, value in given.items())
    return " ".join(sorted(f"{name}={quoted(lines)}" for name, lines in pairs if lines != [""]))


def title_label(graph: Graph) -> list[str]:
    """Write the title, the facts, and the notes."""
    lines = [clean(graph.title, 100), "    ".join(clean(fact, 60) for fact in graph.facts)]
    return [*lines, *(clean(note, 120) for note in graph.notes), " "]


def group_label(group: Group) -> list[str]:
    """Write the path of a module, its type, and how many numbers it learns."""
    words = [clean(group.id, LONGEST)]
    if group.type != group.id:
        words.append(clean(group.type, 30))
    if group.parameters:
        words.append(f"{count(group.parameters)} parameters")
    return [", ".join(words)]


def op_label(item: Item, name: str, first: bool, last: bool) -> list[str]:
    """Write what a value is, how it was made, and how large it is."""
    name = clean(name, LONGEST) or '""'
    if item.mark:
        name = f"{clean(item.mark)}: {name}"
    if item.failed:
        return [f"FAILED: {name}", *_halves(clean(item.failed, 2 * LONGEST))]
    if not item.is_op:
        return [f"{name} {shape_text(item.shape)}", *_value(item, first)]
    middle = clean(item.settings, LONGEST)
    if item.kind == FOLD:
        middle = f"{count(item.hides)} operations, {count(item.parameters)} parameters"
    end = [shape_text(item.shape)] if last and item.shape else []
    return [name, *([middle] if middle else []), ", ".join([*_value(item, first), *end])]


def _value(item: Item, first: bool) -> list[str]:
    if item.value is None:
        return ["value -"]
    if bad_word(item.value):
        wrong = " and ".join(f"{n} {w}" for n, w in ((item.value.nans, "NaN"), (item.value.infs, "Inf")) if n)
        return [f"{wrong} of {count(item.value.size)}" + (", made here first" if first else "")]
    return [f"{'value' if item.value.size == 1 else 'rms'} {_shown(item)}"]


def _shown(item: Item) -> str:
    """Write a single number with its sign, and many as their root mean square."""
    assert item.value is not None
    return number(item.value.mean) if item.value.size == 1 else magnitude(item.value)


def gradient_label(item: Item, rules: list[str], entering: bool, first: bool) -> list[str]:
    """Write how large a gradient is, and the rules by which it goes on."""
    if item.failed:
        return ["no backward pass"]
    found = magnitude(item.gradient)
    line = f"gradient {found}" if item.gradient is None or item.gradient.is_zero else f"gradient rms {found}"
    if bad_word(item.gradient):
        line = f"gradient {found}" + (", here first" if first else "")
    if item.heat_text:
        line += f", {clean(item.heat_text)}"
    if entering:
        line = f"backward starts: {line}"
    if item.kind == FOLD and item.spread:
        return [line, "least, median, largest in it:", ", ".join(number(x) for x in item.spread)]
    shown = [clean(rule, LONGEST) for rule in dict.fromkeys(rules) if rule]
    if len(shown) > 2:
        shown = [shown[0], f"and {len(shown) - 1} more rules"]
    return [line, *shown]


def _halves(text: str) -> list[str]:
    """Break a long line in two, at a blank if there is one."""
    if len(text) <= LONGEST:
        return [text]
    at = text.rfind(" ", LONGEST // 2, LONGEST + 1)
    at = at if at > 0 else LONGEST
    return [text[:at].rstrip(), text[at:].lstrip()]
