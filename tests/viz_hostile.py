"""Names that break writers that are not careful, and a graph with such a name wherever text can stand."""

import random

from viz_graphs import stats

from tinygrad_cnn.viz.graph.model import INPUT, OP, PARAMETER, Graph, Group, Item, Use

_NASTY = [
    "", " ", "   ", "x", "x", "node", "graph", "digraph", "strict", "subgraph", "edge", "cluster_0", "n0",
    "g0", "\\", "\\\\", "\\N", "\\G", "\\L", "\\E", "\\T", "\\H", "\\n", "\\l", "\\r", '\\"', '"', '""',
    '"]; evil [', "'", "\n", "\r\n", "\t", "\x00", "\x07", "\x1b[31mred", "\x7f", "\x85", "\x9b", "a\nb",
    "a\\\nb", "\u2028", "\u2029", "\u202e drawkcab", "\u2066\u2069", "\u200b", "\u200f", "\u061c", "\ufeff",
    "\u00ad", "\ud800", "\udfff", "\ufffe", "\uffff", "\U0010ffff", "\ue000", "\u0301", "e\u0301",
    "\u0e01\u0e49" * 20, "z\u0336\u0321\u0322" * 30, "<b>bold</b>", "<script>alert(1)</script>",
    "</script>", "<!--", "-->", "]]>", "<![CDATA[", "<?xml?>", "<", ">", "&", "&amp;", "&lt;script&gt;",
    "&#60;", "&#x3c;", "&nosuch;", "&quot;", "%3Cscript%3E", "<<b>x</b>>", "javascript:alert(1)",
    "data:text/html,<script>1</script>", "http://example.invalid/x.png", "file:///etc/passwd",
    '" onload="alert(1)', "' onmouseover='x", "{a|b|{c|d}}", "<f0> x", "a:b:c", "a->b", "a--b", "{", "}",
    "[", "]", ";", ",", "//", "/* ", "*/", "# define", "$(touch x)", "`id`", "${x}", "%s%n",
    "{0.__class__}", "{{x}}", "../../x", "שלום", "مرحبا", "画像", "ｆｕｌｌ", "\U0001f600",
    "\U0001f468\u200d\U0001f469", "\U0001d54f", "ﷺ", "İ", "ß", "Ω", "x" * 100, "x" * 10_000, "\n" * 1000,
    '"' * 500, "\\" * 501, "<" * 500, "\u202e" * 500, "画" * 300, "-", "--", "1.0", "-1", "1e5", "0x10",
    "true", "null", "None", "nan", "__proto__", "constructor", "style", "url(x)",
]  # fmt: skip


def hostile_names(number: int = 500) -> list[str]:
    """Names that break writers that are not careful, and mixtures of them; the same on every run."""
    draw = random.Random(0)
    names = list(_NASTY)
    while len(names) < number:
        names.append("".join(draw.choice(_NASTY)[:60] for _ in range(draw.randint(2, 5))))
    return names[:number]


def named(name: str, other: str = "") -> Graph:
    """A graph with one name wherever a name or other text can stand, and ``other`` in a few places."""
    text, other = name, other or name
    group = Group(text + "g", text, text, "", 12)
    inner = Group(other + "h", other, other, group.id, 6)
    shape = (2, 3)
    x = Item(text + "0", INPUT, text, "", shape, text, value=stats(shape, 1.0))
    w = Item(text + "1", PARAMETER, other, inner.id, shape, "float32", value=stats(shape, 1.0))
    w.gradient = stats(shape, 0.5)
    uses = (
        Use(x.id, text, True, other, text),
        Use(w.id, text, True, text, other),
        Use(w.id, text, True, text),
    )
    y = Item(text + "2", OP, text, inner.id, shape, "float32", uses, True, text, (text, other), text, text)
    y.mark = y.heat_text = x.mark = text
    y.value, y.gradient = stats(shape, 1.0, nans=1), stats(shape, 0.1)
    z = Item(text + "3", OP, other, group.id, (), "float32", (Use(y.id, text, True, text),), failed=other)
    items = {item.id: item for item in (x, w, y, z)}
    groups = {group.id: group, inner.id: inner}
    return Graph(items, groups, z.id, text, (text, other), (text, other))
