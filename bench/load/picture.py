"""The results of a load test as an SVG."""

from bench import chart

_KINDS = {"screen": "p95 of screens", "REST": "p95 of REST", "write": "p95 of writes"}


def draw(results: dict) -> str:
    """Return a picture: requests a second and p95 by workers, memory of workers over time."""
    steps = results["steps"]
    positions = [0, *(step["workers"] for step in steps)]
    throughput = {"per_second": [(step["workers"], step["per_second"]) for step in steps]}
    latency = {
        kind: [(step["workers"], step["kinds"][kind]["p95_ms"]) for step in steps]
        for kind in _KINDS
        if all(kind in step["kinds"] for step in steps)
    }
    memory = _memory(steps[-1])
    colours = dict(zip(["per_second", *_KINDS], chart.COLOURS, strict=False))
    worker_colours = {name: chart.COLOURS[4 + i % 4] for i, name in enumerate(memory)}
    last = max(x for points in memory.values() for x, _y in points)
    charts = [
        chart.lines_chart(
            "Requests a second, by workers",
            "requests/s",
            throughput,
            colours,
            x_ticks=positions,
            from_zero=True,
        ),
        chart.lines_chart(
            "95 % of the responses come within, by workers",
            "ms",
            latency,
            colours,
            x_ticks=positions,
            from_zero=True,
        ),
        chart.lines_chart(
            f"Memory of each of {steps[-1]['workers']} workers, over minutes",
            "MB",
            memory,
            worker_colours,
            x_ticks=chart.even_ticks(last),
            from_zero=True,
        ),
    ]
    legend = {"Requests a second": colours["per_second"]}
    legend |= {title: colours[kind] for kind, title in _KINDS.items() if kind in latency}
    legend |= {f"Worker {n}": colour for n, colour in enumerate(worker_colours.values(), 1)}
    return chart.picture(charts, legend)


def _memory(step: dict) -> dict[str, list[tuple[float, float]]]:
    """Return the memory of each process that was a worker: (minutes, MB)."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for sample in step["memory"]:
        for worker, sizes in sample["workers"].items():
            lines.setdefault(worker, []).append((sample["second"] / 60, sizes["own"]))
    return lines
