"""How each kind of thing looks in DOT: a colour, and always a second cue for who cannot tell the colours."""

from ..graph.health import bad_word
from ..graph.model import CONSTANT, FOLD, INPUT, PARAMETER, Item

BLUE, ORANGE, GREEN, RED, GREY = "#33558b", "#b85600", "#2e7d32", "#c01515", "#757575"
PALE_BLUE, PALE_ORANGE, PALE_GREEN, PALE_RED = "#edf2fa", "#fff1de", "#e6f4e4", "#fde8e6"

Style = dict[str, str]

# With `remincross` Graphviz 2.43 ends with a round that can put gradients to the left of their operations.
DEFAULTS = (
    'graph [fontname="Helvetica" fontsize="12" labelloc="t" labeljust="l" color="#b0b0b0" style="rounded"'
    ' nodesep="0.3" ranksep="0.35" bgcolor="white" remincross="false"]',
    'node [fontname="Helvetica" fontsize="11" shape="box" height="0.3" margin="0.12,0.05"]',
    f'edge [fontname="Helvetica" fontsize="9" color="{BLUE}" fontcolor="#404040" arrowsize="0.7"]',
)
EDGES: dict[str, Style] = {
    "forward": {"class": "forward", "weight": "3"},
    "forward_bad": {"class": "forward", "color": RED, "penwidth": "2"},
    "backward": {"class": "backward", "color": ORANGE},
    "backward_bad": {"class": "backward", "color": RED, "penwidth": "2"},
    "saved": {"class": "saved", "color": GREY, "style": "dotted", "dir": "none"},
}
LEGEND = (
    'subgraph cluster_legend { graph [label="how to read it"]',
    '  node [fontsize="9" height="0.2"]',
    f'  l0 [label="input" peripheries="2" color="{BLUE}"]',
    f'  l1 [label="parameter" shape="oval" peripheries="2" style="filled" color="{GREEN}"'
    f' fillcolor="{PALE_GREEN}"]',
    f'  l2 [label="constant, no gradient" style="dashed" color="{GREY}"]',
    f'  l3 [label="operation: its value" style="rounded,filled" color="{BLUE}" fillcolor="{PALE_BLUE}"]',
    f'  l4 [label="dL/d of it, and the rule\\nthat takes it on" style="filled" color="{ORANGE}"'
    f' fillcolor="{PALE_ORANGE}"]',
    f'  l5 [label="NaN, Inf or failed" style="bold,filled" color="{RED}" fillcolor="{PALE_RED}"]',
    '  l6 [label="rms: root of the mean square\\n0: exactly zero\\n-: not computed\\n'
    '+: gradients of several uses add\\ndotted: kept for the backward pass" shape="plaintext"]',
    '  l0 -> l1 -> l2 -> l3 -> l4 -> l5 -> l6 [style="invis"]',
    "}",
)


def item_style(item: Item, is_root: bool) -> Style:
    """Choose how the box of a value looks; a leaf and the loss have a double outline."""
    if item.failed or bad_word(item.value):
        style = {"style": "bold,filled", "color": RED, "fillcolor": PALE_RED}
        return style if item.is_op and not is_root else style | {"peripheries": "2"}
    if item.kind == INPUT:
        return {"color": BLUE, "peripheries": "2"}
    if item.kind == PARAMETER:
        return {"shape": "oval", "peripheries": "2", "style": "filled", "margin": "0.03,0.02"} | {
            "color": GREEN,
            "fillcolor": PALE_GREEN,
        }
    if item.kind == CONSTANT:
        return {"style": "dashed", "color": GREY, "fontcolor": "#505050", "peripheries": "2"}
    if not item.tracked:
        style = {"style": "rounded,dashed", "color": GREY, "fontcolor": "#505050"}
    else:
        style = {"style": "rounded,filled", "color": BLUE, "fillcolor": PALE_BLUE}
    if item.kind == FOLD:
        style |= {"shape": "box3d", "style": "filled"}
    return style | ({"peripheries": "2", "penwidth": "2"} if is_root else {})


def gradient_style(item: Item) -> Style:
    """Choose how the box of a gradient looks: dashed if it was not computed, grey if it is exactly zero."""
    if bad_word(item.gradient):
        return {"class": "gradient", "style": "bold,filled", "color": RED, "fillcolor": PALE_RED}
    style = {"class": "gradient", "color": ORANGE, "fillcolor": PALE_ORANGE, "style": "filled"}
    if item.gradient is None:
        return style | {"style": "dashed", "fillcolor": "white"}
    if item.gradient.is_zero:
        return style | {"style": "filled,bold", "fillcolor": "#e4e4e4"}
    return style
