"""A report as a picture: the verdict and the mistake in words, the gradients as heat maps, the worst entry.

An .svg file is the picture; an .html file is a page with the picture, the text and the lines that reproduce
it, under a policy that lets the page load and run nothing.
"""

import base64
import hashlib
from pathlib import Path

from ...errors import ArgumentError
from ...io.files import atomic_write
from ..report import FAIL, PASS, Report
from .picture_cells import field_of
from .picture_maps import other_slices, three_maps
from .picture_slopes import slopes
from .picture_svg import INK, QUIET, document, fitted, rect, safe, text, width_of, wrapped
from .text import finding, measured_words, own_reason, plain, write_report

WIDTH, MARGIN = 1000.0, 24.0
INSIDE = WIDTH - 2 * MARGIN
_BADGES = {PASS: "#0b6e4f", FAIL: "#a61c00"}
_UNDECIDED = "#5b4a00"

_STYLE = (
    ":root{color-scheme:light dark}body{font-family:system-ui,sans-serif;max-width:1040px;margin:2rem auto;"
    "padding:0 1rem}svg{max-width:100%;height:auto}pre{overflow-x:auto;padding:.8rem;border:1px solid #8888;"
    "border-radius:6px;line-height:1.35}"
)


def save_report(report: Report, path: str | Path) -> None:
    """Draw a report into a file.

    Raises:
        ArgumentError: the name ends in neither .svg nor .html.
        MissingPathError: there is no such folder.
    """
    if not isinstance(path, str | Path):
        raise ArgumentError(f"the place of a report is a file name, not {type(path).__name__}")
    writers = {".svg": report_svg, ".html": report_html}
    suffix = Path(path).suffix.lower()
    if suffix not in writers:
        raise ArgumentError(
            f"cannot save a report as {plain(path)!r}: the name ends in .svg for the picture, "
            "or in .html for a page with the picture and the text"
        )
    atomic_write(path, writers[suffix](report))


def report_svg(report: Report) -> str:
    """Draw a report; the text of the SVG file.

    >>> report_svg(Report("cube", names=("x",))).count("<svg")
    1
    """
    shapes: list[str] = []
    height = MARGIN
    for part in (_title, _diagnosis, _maps, _worst, _measured):
        more, high = part(report, height)
        shapes += more
        height += high
    name = f"Gradient check of {report.name}: {report.verdict}"
    return document(WIDTH, height + MARGIN - 8, name, finding(report), shapes)


def report_html(report: Report) -> str:
    """Write a page: the picture, the text, and all of the lines that reproduce a failure."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    code = "\n".join(plain(row, ascii_only=False) for row in report.reproduce.strip("\n").split("\n"))
    lines = f"<h2>To see it again</h2>\n<pre><code>{safe_lines(code)}</code></pre>\n" if code else ""
    words = safe_lines(write_report(report))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{safe(f'{report.verdict}: {report.name}')}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{report_svg(report)}<h2>In words</h2>\n<pre>{words}</pre>\n"
        f"{lines}</main>\n</body>\n</html>\n"
    )


def safe_lines(words: str) -> str:
    """Escape a text of several lines."""
    return "\n".join(safe(row) for row in words.split("\n"))


def _title(report: Report, y: float) -> tuple[list[str], float]:
    badge = report.verdict.upper()
    wide = width_of(badge, 14) + 20
    colour = _BADGES.get(report.verdict, _UNDECIDED)
    shapes = [rect(MARGIN, y, wide, 26, rx=4, fill=colour)]
    shapes.append(text(MARGIN + wide / 2, y + 18, badge, fill="#ffffff", weight="700", anchor="middle"))
    name = fitted(report.name, (INSIDE - wide - 14) * 0.88, 20)
    shapes.append(text(MARGIN + wide + 14, y + 20, name, size=20, weight="700"))
    lines = wrapped(finding(report), INSIDE, 16, most=4)
    if own_reason(report) not in finding(report):
        lines += wrapped(report.reason, INSIDE, 16, most=3)
    shapes += [text(MARGIN, y + 52 + 21 * n, words, size=16) for n, words in enumerate(lines)]
    return shapes, 42 + 21 * len(lines) + 12


def _diagnosis(report: Report, y: float) -> tuple[list[str], float]:
    """Each diagnosis: its code in bold, the words, and the evidence in grey."""
    shapes = []
    start = y
    for n, d in enumerate(report.diagnosis[:3]):
        code = fitted(f"or {d.code}" if n else d.code, INSIDE * 0.88, 14)  # bold is wider
        shapes.append(text(MARGIN, y + 14, code, weight="700"))
        y += 20
        for words, fill in ((d.words, INK), (f"evidence: {d.evidence}" if d.evidence else "", QUIET)):
            for row in wrapped(words, INSIDE - 16, 14, most=4):
                shapes.append(text(MARGIN + 16, y + 14, row, fill=fill))
                y += 19
        y += 4
    left = len(report.diagnosis) - 3
    if left > 0:
        shapes.append(text(MARGIN, y + 14, f"and {left} more that fit less well", fill=QUIET))
        y += 22
    return shapes, y - start + (10 if shapes else 0)


def _maps(report: Report, y: float) -> tuple[list[str], float]:
    field = field_of(report)
    if field is None:
        return [], 0.0
    if not field.error.size:
        words = fitted(f"{field.name} is empty, its shape is {field.shape}: nothing to draw", INSIDE, 14)
        return [text(MARGIN, y + 14, words, fill=QUIET)], 32.0
    shapes, high = three_maps(field, report.worst.what if report.worst else "", MARGIN, y + 8)
    more, higher = other_slices(field, MARGIN, y + 8 + high + 12)
    return shapes + more, high + higher + (24 if more else 12)


def _worst(report: Report, y: float) -> tuple[list[str], float]:
    if report.worst is None:
        return [], 0.0
    shapes, high = slopes(report.worst, MARGIN, y + 12, INSIDE)
    return shapes, high + 18


def _measured(report: Report, y: float) -> tuple[list[str], float]:
    words = [("measured: " if not n else "") + row for n, row in enumerate(measured_words(report))]
    lines = [row for paragraph in words for row in wrapped(paragraph, INSIDE, 13, most=3)]
    for note in report.notes[:4]:
        lines += wrapped(f"note: {note}", INSIDE, 13, most=2)
    shapes = [text(MARGIN, y + 14 + 18 * n, row, size=13, fill=QUIET) for n, row in enumerate(lines)]
    return shapes, 18.0 * len(lines) + 8
