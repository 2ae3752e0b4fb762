"""The scaling curves as an SVG."""

from bench import chart


def draw(scaling: dict, titles: dict[str, str]) -> str:
    """Return a picture with one chart for each curve set, side by side, and a legend.

    :param scaling: name -> {title, points: {peer: {x: {median_ms}}}}
    :param titles: of the peers
    """
    sets = list(scaling.values())
    peers = [peer for peer in titles if any(peer in curves["points"] for curves in sets)]
    colours = {peer: chart.COLOURS[i % len(chart.COLOURS)] for i, peer in enumerate(peers)}
    charts = [_chart(curves, colours) for curves in sets]
    return chart.picture(charts, {titles[peer]: colours[peer] for peer in peers})


def _chart(curves: dict, colours: dict[str, str]) -> list[str]:
    lines = {
        peer: [(float(x), figures["median_ms"]) for x, figures in points.items()]
        for peer, points in curves["points"].items()
    }
    positions = sorted({x for points in lines.values() for x, _y in points})
    return chart.lines_chart(curves["title"], "ms", lines, colours, x_ticks=positions)
