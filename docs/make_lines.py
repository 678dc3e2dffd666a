"""Writes the table of lines by folder into design.md:  python docs/make_lines.py"""

import ast
import io
import tokenize
from pathlib import Path

PAGE = Path(__file__).with_name("design.md")
PACKAGE = Path(__file__).parents[1] / "tinygrad_cnn"
BEGIN, END = "<!-- lines: begin -->\n", "<!-- lines: end -->\n"
SKIPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def code_lines(text: str) -> int:
    """Count the lines that hold code: no blank ones, comments or docstrings."""
    documentation: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            documentation.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = {n for t in tokens if t.type not in SKIPPED for n in range(t.start[0], t.end[0] + 1)}
    return len(lines - documentation)


def make_table() -> str:
    """One row a folder: files, all lines, lines of code, the longest file."""
    rows = ["| folder | files | lines | of code | longest file |", "|---|---|---|---|---|"]
    folders = ["", *sorted(p.name for p in PACKAGE.iterdir() if p.is_dir() and any(p.rglob("*.py")))]
    total = [0, 0, 0]
    for folder in folders:
        files = sorted((PACKAGE / folder).rglob("*.py") if folder else PACKAGE.glob("*.py"))
        texts = [path.read_text(encoding="utf-8") for path in files]
        counts = [len(files), sum(len(t.splitlines()) for t in texts), sum(map(code_lines, texts))]
        longest = max(len(t.splitlines()) for t in texts)
        total = [a + b for a, b in zip(total, counts, strict=True)]
        cells = " | ".join(f"{n:,}" for n in counts)
        rows.append(
            f"| `{folder}/` | {cells} | {longest} |" if folder else f"| (top) | {cells} | {longest} |"
        )
    return "\n".join([*rows, f"| all | {' | '.join(f'{n:,}' for n in total)} | |"]) + "\n"


def make_page(page: str) -> str:
    """Put the table between its marks."""
    head, _, rest = page.partition(BEGIN)
    return head + BEGIN + make_table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(make_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
