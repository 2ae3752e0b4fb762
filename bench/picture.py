"""The scaling curves as an SVG."""

from html import escape
from math import log10

_COLOURS = ("#0b6e4f", "#3fa34d", "#c1440e", "#7a5195", "#444444", "#2a6fbb", "#b8860b", "#999999")
_WIDTH, _HEIGHT = 460, 300
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 40, 20, 45  # margins
_LEGEND = 26  # height of a row of the legend
_PER_ROW = 4


def draw(scaling: dict, titles: dict[str, str]) -> str:
    """Return a picture with one chart for each curve set, side by side, and a legend.

    :param scaling: name -> {title, points: {peer: {x: {median_ms}}}}
    :param titles: of the peers
    """
    charts = list(scaling.values())
    peers = [peer for peer in titles if any(peer in chart["points"] for chart in charts)]
    colours = {peer: _COLOURS[i % len(_COLOURS)] for i, peer in enumerate(peers)}
    width = _WIDTH * len(charts)
    height = _HEIGHT + _LEGEND * -(-len(peers) // _PER_ROW) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, chart in enumerate(charts):
        parts.append(f'<g transform="translate({number * _WIDTH} 0)">')
        parts += _chart(chart, colours)
        parts.append("</g>")
    for number, peer in enumerate(peers):
        x = 20 + (number % _PER_ROW) * (width - 40) / _PER_ROW
        y = _HEIGHT + 16 + _LEGEND * (number // _PER_ROW)
        parts.append(
            f'<rect x="{x:.0f}" y="{y - 9}" width="12" height="10" fill="{colours[peer]}"/>'
        )
        parts.append(f'<text x="{x + 18:.0f}" y="{y}">{escape(titles[peer])}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _chart(chart: dict, colours: dict[str, str]) -> list[str]:
    values = [
        figures["median_ms"] for points in chart["points"].values() for figures in points.values()
    ]
    positions = sorted({float(x) for points in chart["points"].values() for x in points})
    logarithmic = positions[-1] / positions[0] > 10
    scale = log10 if logarithmic else float
    low, high = scale(positions[0]), scale(positions[-1])
    ticks = _ticks(min(values), max(values))
    bottom, top = log10(ticks[0]), log10(ticks[-1])

    def place_x(value: float) -> float:
        return _LEFT + (scale(value) - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    def place_y(value: float) -> float:
        return (
            _HEIGHT
            - _BOTTOM
            - (log10(value) - bottom) / (top - bottom) * (_HEIGHT - _TOP - _BOTTOM)
        )

    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts = [
        f'<text x="{middle}" y="20" text-anchor="middle" font-weight="bold">'
        f"{escape(chart['title'])}</text>",
        f'<text x="14" y="{_TOP - 8}">ms</text>',
    ]
    for tick in ticks:
        y = place_y(tick)
        parts.append(
            f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#dddddd"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
    for position in positions:
        parts.append(
            f'<text x="{place_x(position):.1f}" y="{_HEIGHT - _BOTTOM + 18}"'
            f' text-anchor="middle">{position:g}</text>'
        )
    for peer, points in chart["points"].items():
        places = [
            f"{place_x(float(x)):.1f},{place_y(figures['median_ms']):.1f}"
            for x, figures in points.items()
        ]
        parts.append(
            f'<polyline points="{" ".join(places)}" fill="none" stroke="{colours[peer]}"'
            f' stroke-width="2"/>'
        )
        parts += [
            f'<circle cx="{place.split(",")[0]}" cy="{place.split(",")[1]}" r="3"'
            f' fill="{colours[peer]}"/>'
            for place in places
        ]
    return parts


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5, 10, 20, ... from below ``low`` to above ``high``."""
    steps = [factor * 10.0**power for power in range(-2, 6) for factor in (1, 2, 5)]
    first = max(index for index, step in enumerate(steps) if step <= low)
    last = min(index for index, step in enumerate(steps) if step >= high)
    return steps[first : max(last, first + 1) + 1]
