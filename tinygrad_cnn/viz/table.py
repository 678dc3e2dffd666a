"""Text in columns, and numbers in units that a person takes in at a glance."""

from collections.abc import Sequence


def aligned(titles: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> str:
    """Put rows under titles, the first ``left`` columns to the left and the others to the right.

    >>> print(aligned(["name", "n"], [["a", "1"], ["long name", "12"]], left=1))
    name        n
    a           1
    long name  12
    """
    widths = [max(len(cell) for cell in column) for column in zip(titles, *rows, strict=True)]
    lines = []
    for row in [titles, *rows]:
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def counted(number: int) -> str:
    """Write a large number in full and in short.

    >>> counted(999), counted(1728036)
    ('999', '1,728,036 (1.7 M)')
    """
    for size, unit in ((10**12, "T"), (10**9, "G"), (10**6, "M")):
        if number >= size:
            return f"{number:,} ({number / size:.1f} {unit})"
    return f"{number:,}"


def in_bytes(number: int) -> str:
    """Write an amount of memory in units of 1000.

    >>> in_bytes(48), in_bytes(691852)
    ('48 B', '691.9 kB')
    """
    for size, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} B"
