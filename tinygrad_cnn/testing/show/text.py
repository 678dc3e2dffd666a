"""A report as one screen of plain ASCII: the verdict, which mistake it is, where, and how it was measured.

Names and words come from users, so every character that a terminal might act on is written as its escape.
"""

import ast
import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from ..report import FAIL, PASS, Report, Worst
from .picture_cells import field_of
from .picture_text import MAP_ROWS, text_map

LINES, WIDTH = 40, 100
INDENT = 12
_PASS_LINES = 6
_CODE_LINES, _LONGEST_CODE = 10, 2000
_FEWEST_ROWS = 3  # of the map
_AROUND_MAP = 4  # its title, its column numbers and its legend


def plain(text: object, ascii_only: bool = True) -> str:
    r"""Write every character that is not printable, and where asked every one beyond ASCII, as its escape.

    >>> plain("a\x1b[2Jb\u00e9"), plain("a\x1b\u00e9", ascii_only=False)
    ('a\\x1b[2Jb\\xe9', 'a\\x1bé')
    """
    return "".join(
        c
        if c.isprintable() and (c.isascii() or not ascii_only)
        else c.encode("unicode_escape").decode("ascii")
        for c in str(text)
    )


def short(text: str, most: int) -> str:
    """Cut a text, and show that it was cut."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def number(value: float, missing: str = "not measured") -> str:
    """Write a number with as many digits as tell two gradients apart.

    >>> number(0.1 + 0.2), number(float("nan")), number(-12.0)
    ('0.3', 'not measured', '-12')
    """
    return missing if math.isnan(value) else f"{float(value) + 0.0:.9g}"


def write_report(report: Report) -> str:
    """Write a report for a terminal: at most 40 lines of 100 ASCII characters, a pass at most six.

    >>> print(write_report(Report("cube", order=2, names=("x",))))
    PASS  cube: the gradient of x is right (orders 1 and 2)
      measured    0 of 0 coordinates, 0 evaluations, mode full, seed 0
                  nothing was compared
    """
    if report.verdict == PASS:
        lines = [headline(report), *_measured(report), *_notes(report)]
        return "\n".join(_cut(lines, _PASS_LINES))
    before = [headline(report), *_reason(report), *_diagnosis(report), *_worst(report)]
    after = [*_measured(report), *_notes(report), *_reproduce(report)]
    room = LINES - len(before) - len(after)
    return "\n".join(_cut([*before, *_map(report, room), *after], LINES))


def headline(report: Report) -> str:
    """The verdict, the name and the finding, in one line."""
    return short(
        f"{report.verdict.upper()}  {short(plain(report.name), 40)}: {plain(finding(report))}", WIDTH
    )


def finding(report: Report) -> str:
    """What was found, in one phrase.

    >>> finding(Report("f", verdict="inconclusive", reason="it is random", names=("x",)))
    'not decided, because it is random'
    """
    if report.verdict == PASS:
        if report.errors and not any(np.size(error) for error in report.errors):
            return "no gradient to check, the inputs are empty"
        orders = "orders 1 and 2" if report.order == 2 else f"order {report.order}"
        return f"{_gradients(report.names)} right ({orders})"
    if report.verdict != FAIL:
        return f"not decided, because {report.reason}" if report.reason else "not decided"
    code = f" ({report.codes[0]})" if report.codes else ""
    if report.worst:
        first = report.worst.order == 1 or not report.worst.what
        again = "gradient of the " if report.worst.order > 1 else ""
        where = f"the {again}gradient of {report.worst.name}" if first else f"{report.worst.what},"
        return f"{short(where, 60)} is wrong{code}"
    words = report.reason or (report.diagnosis[0].words if report.diagnosis else "a check failed")
    return f"{words}{code}"


def own_reason(report: Report) -> str:
    """The reason for the verdict, if it is not what the diagnosis says."""
    return "" if report.reason in [d.words for d in report.diagnosis] else report.reason


def worst_words(worst: Worst) -> list[str]:
    """Where the gradient is furthest from the differences, and both values there."""
    worst = with_floats(worst)
    of = f" of {worst.what}" if worst.what else " of the gradient of the gradient" if worst.order > 1 else ""
    times = worst.error / worst.tolerance if worst.tolerance > 0 else math.nan
    ratio = f", {times:.2g} times its tolerance {worst.tolerance:.2g}" if math.isfinite(times) else ""
    sides = f"slopes: {number(worst.left)} on the left, {number(worst.right)} on the right"
    both = f"analytic {number(worst.analytic, 'NaN')}, numeric {number(worst.numeric)}"
    return [
        f"{worst.name}{index_words(worst)}{of}: {both}",
        f"error {number(worst.error, 'NaN')}{ratio}{ratio_words(worst, '; analytic / numeric ')}",
        "slopes on the two sides: not measured" if math.isnan(worst.left + worst.right) else sides,
    ]


def with_floats(worst: Worst) -> Worst:
    """Make the numbers Python's own: numpy's warn of infinity minus infinity."""
    return replace(
        worst,
        analytic=float(worst.analytic),
        numeric=float(worst.numeric),
        left=float(worst.left),
        right=float(worst.right),
        tolerance=float(worst.tolerance),
    )


def index_words(worst: Worst) -> str:
    """The index in brackets; nothing for a single number."""
    return f"[{', '.join(str(int(i)) for i in worst.index)}]" if worst.index else ""


def ratio_words(worst: Worst, lead: str) -> str:
    """The ratio of the two gradients, if there is one."""
    ratio = worst.analytic / worst.numeric + 0.0 if worst.numeric else math.nan  # + 0.0: no minus zero
    return f"{lead}{ratio:.6g}" if math.isfinite(ratio) else ""


def measured_words(report: Report) -> list[str]:
    """How the verdict was come by: what was measured, how finely, and what was left out."""
    m = report.measured
    projections = f"{m.projections:,} projections, " if m.projections else ""
    count = f"{m.checked:,} of {m.coordinates:,} coordinates, {projections}{m.evaluations:,} evaluations"
    sizes = (
        f"step {m.step:.2g}, noise {m.noise:.2g}; "
        f"of the gradient: tolerance {m.tolerance:.2g}, largest error {m.error:.2g}"
    )
    compared = m.checked or m.projections
    words = [
        f"{count}, mode {report.mode}, seed {report.seed}",
        sizes if compared else "nothing was compared",
    ]
    more = [f"float32 gradient within {m.float32_error:.2g}"] if m.float32_error is not None else []
    if m.kinks:
        more.append(f"{m.kinks:,} kink{'s' * (m.kinks > 1)} accepted")
    if m.skipped:
        more.append("skipped " + ", ".join(f"{count:,} ({reason})" for reason, count in m.skipped.items()))
    return [*words, "; ".join(more)] if more else words


def _gradients(names: Sequence[str]) -> str:
    shown = [short(name, 20) for name in names[:3]]
    if len(names) > len(shown):
        return f"the gradients of {', '.join(shown)} and {len(names) - len(shown)} more are"
    if len(shown) > 1:
        return f"the gradients of {', '.join(shown[:-1])} and {shown[-1]} are"
    return f"the gradient of {shown[0]} is" if shown else "the gradient is"


def _reason(report: Report) -> list[str]:
    """The reason, unless all of it is in the first line already."""
    reason = own_reason(report)
    return _section("because", [reason], most=4) if plain(reason) not in headline(report) else []


def _diagnosis(report: Report) -> list[str]:
    lines = []
    for place, d in enumerate(report.diagnosis[:3]):
        words = (
            [f"{d.code}: {d.words}", f"evidence: {d.evidence}"] if d.evidence else [f"{d.code}: {d.words}"]
        )
        lines += _section("or" if place else "diagnosis", words, most=2 if place else 4)
    if len(report.diagnosis) > 3:
        lines += _section("or", [short(", ".join(report.codes[3:]), 60)], most=2)
    return lines


def _worst(report: Report) -> list[str]:
    return _section("worst", worst_words(report.worst), most=4) if report.worst else []


def _map(report: Report, room: int) -> list[str]:
    """The map with a blank line on both sides, if there is room for one."""
    field = field_of(report)
    if field is None or room < _AROUND_MAP + 1 or field.error.size == 1:  # one entry: all of it was told
        return []
    blank = [""] if room >= _AROUND_MAP + _FEWEST_ROWS + 2 else []
    rows = min(MAP_ROWS, room - _AROUND_MAP - 2 * len(blank))
    lines = [short(plain(line), WIDTH - 4) for line in text_map(field, rows)]
    return [*blank, *(f"    {line}".rstrip() for line in lines), *blank]


def _measured(report: Report) -> list[str]:
    return _section("measured", measured_words(report), most=6)


def _notes(report: Report) -> list[str]:
    return _section("notes", report.notes, most=4)


def _reproduce(report: Report) -> list[str]:
    code = [plain(line.expandtabs(4)) for line in report.reproduce.strip("\n").split("\n") if line.strip()]
    if not code:
        return []
    lines = _cut([f"      {part}" for line in code for part in _folded(line, WIDTH - 6)], _CODE_LINES)
    cut = " (lines cut; whole in report.reproduce)" if any(len(line) > WIDTH for line in lines) else ""
    return [f"  reproduce{cut}", *(short(line, WIDTH) for line in lines)]


def _folded(code: str, width: int) -> list[str]:
    """Break a line of Python inside of its brackets, if that gives the same program."""
    body = code.lstrip()
    lead = code[: len(code) - len(body)]
    wrap = textwrap.TextWrapper(width - len(lead), break_long_words=False, break_on_hyphens=False)
    wrap.subsequent_indent = "    "
    if len(code) <= width or "\\" in code or len(code) > _LONGEST_CODE:
        return [code]
    try:
        parts = wrap.wrap(body)
        same = ast.dump(ast.parse("\n".join(parts))) == ast.dump(ast.parse(body))
    except (SyntaxError, ValueError, RecursionError):
        return [code]
    return [lead + part for part in parts] if same else [code]


def _section(label: str, paragraphs: Iterable[str], most: int) -> list[str]:
    """Put paragraphs beside a label, wrapped, at most so many lines."""
    lines = []
    for paragraph in paragraphs:
        lines += textwrap.wrap(plain(paragraph), WIDTH - INDENT - 2, break_on_hyphens=False)
    margins = [f"  {label}".ljust(INDENT + 2)] + [" " * (INDENT + 2)] * len(lines)
    return [margin + line for margin, line in zip(margins, _cut(lines, most), strict=False)]


def _cut(lines: list[str], most: int) -> list[str]:
    """Leave lines out at the end, and say that there were more."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [
        *lines[: most - 1],
        f"{last[: len(last) - len(last.lstrip())]}... ({len(lines) - most + 1} more lines)",
    ]
