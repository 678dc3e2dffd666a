"""The style sheet of the picture, by day and by night: both are computed from the theme of the layout."""

import colorsys
from collections.abc import Callable

from ..layout.theme import PAINTS, TYPES

STEPS = 10  # of heat
ARROWS = ("down", "up", "idle", "bad")
_LINES = (*ARROWS, "rung", "frame", "frame2")
_SHORT = {"down": "path.d,", "up": "path.u,"}
_NIGHT = (0.09, 0.86)  # how light what was white becomes, and how much lighter what was black


def night(colour: str) -> str:
    """Turn the lightness of a colour around, and leave its hue.

    >>> night("#ffffff"), night("#000000"), night("none")
    ('#151619', '#f2f2f2', 'none')
    """
    if not colour.startswith("#"):
        return colour
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    if light == 1.0:  # white has no hue; dark paper has a little blue
        hue, full = 0.62, 0.13
    turned = _NIGHT[0] + (1 - light) * _NIGHT[1]
    rgb = colorsys.hls_to_rgb(hue, turned, full * (0.6 if light > 0.8 else 1.0))
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _same(colour: str) -> str:
    return colour


def style_sheet() -> str:
    """Write the rules for all styles; their colours are variables that night changes."""
    widths = [f"--{n}-w:{p.width:g};--{n}-d:{p.dash or 'none'}" for n, p in PAINTS.items()]
    dark = _variables(night)
    rules = [
        f":root{{{';'.join(widths)};{_variables(_same)}}}",
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}",
        f":root[data-theme=dark]{{{dark}}}",
        "path{fill:none}",
    ]
    for name in _LINES:
        line = (
            f"fill:none;stroke:var(--{name}-s);stroke-width:var(--{name}-w);stroke-dasharray:var(--{name}-d)"
        )
        rules.append(f"{_SHORT.get(name, '')}path.{name},rect.{name}{{{line}}}")
    for name in ARROWS:
        rules.append(f"{_SHORT.get(name, '')}path.{name}{{marker-end:url(#arrow-{name})}}")
    rules += [f"path.head.{n}{{fill:var(--{n}-s);stroke:none;marker:none}}" for n in ARROWS]
    rules.append("@supports(fill:color-mix(in srgb,red,blue)){")
    rules += [
        f"rect.h{n}{{fill:color-mix(in srgb,color-mix(in srgb,var(--s) 45%,var(--f)) {n * 100 // STEPS}%,"
        "var(--paper-f))}"
        for n in range(STEPS + 1)
    ]
    return "\n".join([*rules, "}"])


def _variables(turned: Callable[[str], str]) -> str:
    found = [f"--{n}-f:{turned(p.fill)};--{n}-s:{turned(p.stroke)}" for n, p in PAINTS.items()]
    found += [f"--{n}-t:{turned(t.colour)}" for n, t in TYPES.items()]
    return ";".join(found)
