"""Bar charts as inline SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence

WIDTH, LABEL, BAR, ROW = 900, 330, 430, 26


def bars(rows: Sequence[tuple[str, float, str]], text: Callable[[object], str], *, full: float | None = None) -> str:
    """One bar a row of (label, value, what is written behind it), the longest over the whole width, or `full` is.

    `text` makes a label text of a page.
    """
    longest = full or max((value for _, value, _ in rows), default=0) or 1
    height = ROW * len(rows) + 4
    drawn = []
    for number, (label, value, said) in enumerate(rows):
        top, width = number * ROW, round(BAR * value / longest, 1)
        drawn.append(
            f'<text x="{LABEL - 10}" y="{top + 18}" text-anchor="end">{text(label)}</text>'
            f'<rect x="{LABEL}" y="{top + 4}" width="{width}" height="{ROW - 8}"></rect>'
            f'<text x="{LABEL + width + 8}" y="{top + 18}">{text(said)}</text>'
        )
    label = text("; ".join(f"{label}: {said}" for label, _, said in rows))
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {height}" width="100%" height="{height}"'
        f' preserveAspectRatio="xMinYMin">{"".join(drawn)}</svg>'
    )
