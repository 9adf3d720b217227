"""A bar is as long as its value says."""

from __future__ import annotations

import html
import re

from pipeline.certification.charts import BAR, bars


def widths(chart: str) -> list[float]:
    return [float(width) for width in re.findall(r'<rect [^>]*width="([0-9.]+)"', chart)]


def test_bars_are_to_scale_of_the_longest_or_of_the_whole() -> None:
    rows = [("a", 0.25, "1 of 4"), ("b", 0.5, "2 of 4")]
    assert widths(bars(rows, html.escape)) == [BAR / 2, BAR]  # type: ignore[arg-type]
    assert widths(bars(rows, html.escape, full=1.0)) == [round(BAR / 4, 1), BAR / 2]  # type: ignore[arg-type]
    assert widths(bars([("none", 0, "0")], html.escape)) == [0]  # type: ignore[arg-type]
