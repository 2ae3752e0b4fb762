"""The results as tables, for the terminal and for the documents: Markdown in both."""

from collections.abc import Iterable

FIGURES_BEGIN = "<!-- figures: written by make {command} -->"
FIGURES_END = "<!-- figures: end -->"


def tables(results: dict) -> str:
    """Return all tables of a run."""
    parts = [_about(results), *(_workload(results, w) for w in results["workloads"].values())]
    if results["throughput"]:
        parts.append(_throughput(results))
    parts += [_scaling(results, chart) for chart in results["scaling"].values()]
    if results["exposure"]:
        parts.append(_exposure(results["exposure"]))
    if results["introspection"]:
        parts.append(_introspection(results["introspection"]))
    parts += [_small_requests(*found) for found in results["small_requests"].items()]
    if results["tracking"]:
        parts.append(_tracking(results["tracking"]))
    if results["unchanged"]:
        parts.append(_unchanged(results["unchanged"]))
    if results["deltas"]:
        parts.append(_deltas(results["deltas"]))
    if results["streams"]:
        parts.append(_streams(results["streams"]))
    parts.append(_targets(results))
    return "\n\n".join(filter(None, parts)) + "\n"


def document(text: str, figures: str, command: str = "bench") -> str:
    """Return a document with its figures replaced.

    :param command: of the Makefile, which writes them
    """
    begin = FIGURES_BEGIN.format(command=command)
    before, _, rest = text.partition(begin)
    _, end, after = rest.partition(FIGURES_END)
    if not end:
        raise ValueError("the document has no place for figures")
    return f"{before}{begin}\n\n{figures.strip()}\n\n{FIGURES_END}{after}"


def _about(results: dict) -> str:
    machine, sizes = results["machine"], results["sizes"]
    model = f" ({machine['model']})" if machine["model"] else ""
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    workers = results["workers"]
    lines = [
        f"Measured on {results['date'][:10]} with {machine['processors']} processors{model}, "
        f"load {machine['load_before']} before the run, "
        f"{sizes['customers']:,} customers and {sizes['orders']:,} sale orders, "
        f"{f'{workers} worker processes' if workers else 'one server process with threads'}; "
        f"commit {results['commit']}; {versions}.",
    ]
    if results["left_out"]:
        lines.append(f"Left out: {results['left_out']}")
    return "\n\n".join(lines)


def _workload(results: dict, workload: dict) -> str:
    titles = {**results["peers"], "first_page": "GraphQL, first page"}
    figures = workload["peers"]
    ours = {name: figures[name]["median_ms"] for name in ("graphql", "rest") if name in figures}
    rows = []
    for name, measured in figures.items():
        ratios = [
            f"{ours[own] / measured['median_ms']:.2f}" if own in ours else ""
            for own in ("graphql", "rest")
        ]
        rows.append(
            [
                titles[name],
                f"{measured['median_ms']:.1f}",
                f"{measured['p95_ms']:.1f}",
                measured["requests"],
                "not counted" if measured["queries"] is None else measured["queries"],
                f"{measured['bytes']:,}",
                *ratios,
            ]
        )
    head = ["", "median ms", "p95 ms", "requests", "SQL queries", "bytes"]
    head += ["GraphQL / this", "REST / this"]
    return f"### {workload['title']}\n\n{table(head, rows)}"


def _throughput(results: dict) -> str:
    parts = ["### Calls a second"]
    for workload in results["throughput"].values():
        clients = list(workload["clients"])
        rows = [
            [title, *(workload["clients"][count].get(name, "") for count in clients)]
            for name, title in results["peers"].items()
            if name in workload["clients"][clients[0]]
        ]
        head = [workload["title"], *(f"{n} client{'s' if n != '1' else ''}" for n in clients)]
        parts.append(table(head, rows))
    return "\n\n".join(parts)


def _scaling(results: dict, chart: dict) -> str:
    points = chart["points"]
    positions = list(next(iter(points.values())))
    rows = [
        [results["peers"][name]]
        + [f"{figures[x]['median_ms']:.1f} ({figures[x]['queries']})" for x in positions]
        for name, figures in points.items()
    ]
    title = f"### {chart['title']}\n\nMedian in ms, and SQL queries in brackets."
    return f"{title}\n\n{table(['', *positions], rows)}"


def _exposure(exposure: dict) -> str:
    rows = []
    for resources, by_policies in exposure.items():
        for policies, found in by_policies.items():
            costs = [found[name] for name in ("start", "edit", "first", "further")]
            rows.append(
                [f"{resources} x {policies}"]
                + [f"{cost['cpu']:.3f} ({cost['queries']})" if cost else "" for cost in costs]
                + [f"{found[name] / 1024**2:.0f}" for name in ("memory", "process")]
            )
    head = ["resources x policies", "first request of a process", "edit", "first request after it"]
    head += ["by another policy", "MB for all policies", "MB of the process"]
    return (
        "### An edit of a resource, and the requests after it\n\nSeconds of the processor, and SQL "
        f"queries in brackets.\n\n{table(head, rows)}"
    )


def _introspection(introspection: dict) -> str:
    rows = [
        [resources]
        + [f"{figures['median_ms']:.1f}" for figures in found.values()]
        + [f"{figures['bytes']:,}" for figures in found.values()]
        for resources, found in introspection.items()
    ]
    head = ["resources", "median ms", "median ms, gzip", "bytes", "bytes, gzip"]
    return f"### The same introspection query again\n\n{table(head, rows)}"


def _small_requests(resources: str, found: dict) -> str:
    titles = {"graphql": "GraphQL", "typename": "GraphQL, `{ __typename }`", "json2": "JSON-2"}
    json2 = found["json2"]["median_ms"]
    rows = [
        [
            *(titles[name], f"{figures['median_ms']:.1f}", f"{figures['p95_ms']:.1f}"),
            *(figures["queries"], f"{figures['median_ms'] / json2:.2f}"),
        ]
        for name, figures in found.items()
    ]
    head = ["", "median ms", "p95 ms", "SQL queries", "this / JSON-2"]
    title = f"### One customer by id, where {resources} resources are exposed"
    return f"{title}\n\n{table(head, rows)}"


def _tracking(tracking: dict) -> str:
    titles = {
        "create": "create a contact",
        "update": "change it",
        "order": "create an order of four lines",
        "confirm": "confirm it",
    }
    rows = [
        [titles[name], found["plain_ms"], found["tracked_ms"], f"{found['ratio']:.2f}"]
        for name, found in tracking.items()
    ]
    head = ["a transaction", "median ms", "with the change log", "ratio"]
    return f"### Writes, without and with a change log\n\n{table(head, rows)}"


def _unchanged(unchanged: dict) -> str:
    titles = {
        "plain_whole": "without the log, whole",
        "plain_unchanged": "without the log, unchanged",
        "log_whole": "with the log, whole",
        "log_unchanged": "with the log, unchanged",
    }
    whole = unchanged["plain_whole"]["median_ms"]
    rows = [
        [
            *(titles[name], f"{found['median_ms']:.1f}", f"{found['p95_ms']:.1f}"),
            *(found["queries"], f"{found['bytes']:,}", f"{found['median_ms'] / whole:.2f}"),
        ]
        for name, found in unchanged.items()
    ]
    head = ["", "median ms", "p95 ms", "SQL queries", "bytes", "this / the first"]
    title = "### 80 sale orders with customer, lines and products again, with `If-None-Match`"
    return f"{title}\n\n{table(head, rows)}"


def _deltas(deltas: dict) -> str:
    rows = [
        [f"{int(size):,}", f"{found['median_ms']:.1f}", f"{found['p95_ms']:.1f}", found["queries"]]
        for size, found in deltas.items()
    ]
    head = ["rows of the log, each of a customer", "median ms", "p95 ms", "SQL queries"]
    return f"### The delta of ten changes\n\n{table(head, rows)}"


def _streams(streams: dict) -> str:
    rows = [
        [
            *(found["title"], f"{found['rows']:,}", f"{found['rows'] / found['seconds']:,.0f}"),
            *(f"{found['bytes'] / found['seconds'] / 1e6:.1f}", found["first_ms"]),
            *(found.get("memory_mb", ""), found.get("more_memory_mb", "")),
        ]
        for found in streams.values()
    ]
    head = [
        *("", "rows", "rows/s", "MB/s", "first bytes ms"),
        *("memory of the server before, MiB", "at most more"),
    ]
    return f"### All customers in one stream\n\n{table(head, rows)}"


def _targets(results: dict) -> str:
    rows = [
        [
            target["what"],
            target["limit"],
            target["found"],
            "reached" if target["reached"] else "**missed**",
        ]
        for target in results["targets"]
    ]
    return f"### Targets\n\n{table(['', 'target', 'found', ''], rows)}" if rows else ""


def table(head: list, rows: Iterable[list]) -> str:
    """Return a table whose columns line up as plain text too; the first is text, all others
    are numbers.
    """
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(head))]
    lines = [
        "| "
        + " | ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in cells
    ]
    rule = [f"{'-' * (width - 1)}{':' if column else '-'}" for column, width in enumerate(widths)]
    lines.insert(1, "| " + " | ".join(rule) + " |")
    return "\n".join(lines)
