"""Charts of lines, as parts of an SVG."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

COLOURS = ("#0b6e4f", "#3fa34d", "#c1440e", "#7a5195", "#444444", "#2a6fbb", "#b8860b", "#999999")
WIDTH, HEIGHT = 460, 300
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 40, 20, 45  # margins
_LEGEND = 26  # height of a row of the legend
_PER_ROW = 4

Lines = Mapping[str, Sequence[tuple[float, float]]]
"""Name of a line -> its points, from left to right."""


def picture(charts: Sequence[list[str]], legend: Mapping[str, str]) -> str:
    """Return an SVG with charts side by side, and a legend below them.

    :param legend: what is shown -> its colour
    """
    width = WIDTH * len(charts)
    height = HEIGHT + _LEGEND * -(-len(legend) // _PER_ROW) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, chart in enumerate(charts):
        parts += [f'<g transform="translate({number * WIDTH} 0)">', *chart, "</g>"]
    for number, (title, colour) in enumerate(legend.items()):
        x = 20 + (number % _PER_ROW) * (width - 40) / _PER_ROW
        y = HEIGHT + 16 + _LEGEND * (number // _PER_ROW)
        parts.append(f'<rect x="{x:.0f}" y="{y - 9}" width="12" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18:.0f}" y="{y}">{escape(title)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def lines_chart(
    title: str,
    unit: str,
    lines: Lines,
    colours: Mapping[str, str],
    *,
    x_ticks: Sequence[float],
    from_zero: bool = False,
) -> list[str]:
    """Return the elements of a chart.

    :param unit: of the values
    :param colours: of the lines, by name
    :param x_ticks: at least two positions to name, the lowest first; where they reach over more
        than a decade the axis is logarithmic, unless it begins at 0
    :param from_zero: the axis of the values begins at 0, instead of being logarithmic; without
        it there must be values, all above 0
    """
    values = [y for points in lines.values() for _x, y in points]
    logarithmic = x_ticks[0] > 0 and x_ticks[-1] / x_ticks[0] > 10
    scale_x = log10 if logarithmic else float
    scale_y = float if from_zero else log10
    ticks = even_ticks(max(values, default=0)) if from_zero else _ticks(min(values), max(values))
    low, high = scale_x(x_ticks[0]), scale_x(x_ticks[-1])
    bottom, top = scale_y(ticks[0]), scale_y(ticks[-1])

    def place_x(value: float) -> float:
        return _LEFT + (scale_x(value) - low) / (high - low) * (WIDTH - _LEFT - _RIGHT)

    def place_y(value: float) -> float:
        share = (scale_y(value) - bottom) / (top - bottom)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<text x="{(_LEFT + WIDTH - _RIGHT) / 2}" y="20" text-anchor="middle"'
        f' font-weight="bold">{escape(title)}</text>',
        f'<text x="14" y="{_TOP - 8}">{escape(unit)}</text>',
    ]
    for tick in ticks:
        y = place_y(tick)
        parts.append(
            f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="#dddddd"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
    for position in x_ticks:
        parts.append(
            f'<text x="{place_x(position):.1f}" y="{HEIGHT - _BOTTOM + 18}"'
            f' text-anchor="middle">{position:g}</text>'
        )
    for name, points in lines.items():
        places = [f"{place_x(x):.1f},{place_y(y):.1f}" for x, y in points]
        parts.append(
            f'<polyline points="{" ".join(places)}" fill="none" stroke="{colours[name]}"'
            f' stroke-width="2"/>'
        )
        if len(places) <= len(x_ticks):
            parts += [
                f'<circle cx="{place.split(",")[0]}" cy="{place.split(",")[1]}" r="3"'
                f' fill="{colours[name]}"/>'
                for place in places
            ]
    return parts


def even_ticks(high: float) -> list[float]:
    """Return 0 and one or more round numbers at even distances, the last not below ``high``."""
    steps = (factor * 10.0**power for power in range(-3, 7) for factor in (1, 2, 5))
    step = next(step for step in steps if step * 5 >= high)
    return [step * number for number in range(max(int(-(-high // step)), 1) + 1)]


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5, 10, 20, ... from below ``low`` to above ``high``."""
    steps = [factor * 10.0**power for power in range(-2, 6) for factor in (1, 2, 5)]
    first = max(index for index, step in enumerate(steps) if step <= low)
    last = min(index for index, step in enumerate(steps) if step >= high)
    return steps[first : max(last, first + 1) + 1]
