"""The results of a load test as Markdown."""

import re

from bench.load.capacity import Cost, Installation, Use, at_most
from bench.report import table

_CORES = 8
"""Of the machines that are calculated for."""
_KINDS = ("screen", "REST", "write")
_PARTS = {
    "workers": "Odoo",
    "primary": "primary",
    "replica": "replica",
    "nginx": "nginx",
    "phones": "phones",
}
_CALCULATED = ("workers", "primary", "replica", "nginx")
_FINE = re.compile(r"2\d\d( CONFLICT)?|409 CONFLICT")
"""Statuses that a client has to expect: who is told of a conflict sends its change again."""


def problems(results: dict) -> list[str]:
    """Return what went wrong, empty where nothing did."""
    silent = [
        f"no request was answered with {step['workers']} workers; give each step more --minutes"
        for step in _all_steps(results)
        if not step["requests"]
    ]
    return silent + [
        f"{count} times {status}, with {step['workers']} workers"
        for step in _all_steps(results)
        for status, count in step["all_statuses"].items()
        if not _FINE.fullmatch(status)
    ]


def figures(results: dict) -> str:
    """Return all tables of a run."""
    parts = [
        _about(results),
        _steps(results),
        _processor(results),
        _memory(results),
        _requests(results["steps"][-1]),
    ]
    each = results["steps"][-1]["processor"]["ms_per_request"]
    # Of a few requests, or none, it cannot be told what one of them takes.
    if all(each[part] for part in _CALCULATED):
        parts.append(_capacity(results))
    return "\n\n".join(parts) + "\n"


def _all_steps(results: dict) -> list[dict]:
    return [*results["steps"], *([results["check"]] if "check" in results else [])]


def _about(results: dict) -> str:
    machine, sizes, versions = results["machine"], results["sizes"], results["versions"]
    model = f" ({machine['model']})" if machine["model"] else ""
    lines = [
        f"Measured on {results['date'][:10]} with {machine['processors']} processors{model}, "
        f"load {machine['load_before']} before the run, {results['minutes']:g} minutes for each "
        f"step; {sizes['customers']:,} customers and {sizes['orders']:,} sale orders beside the "
        f"demo data; commit {results['commit']}; odoo {versions['odoo']}, postgresql "
        f"{versions['postgresql']}, locust {results['locust']}."
    ]
    wrong = problems(results)
    lines.append(f"**Failed**: {'; '.join(wrong)}." if wrong else "No response was an error.")
    ended = [line for step in _all_steps(results) for line in step["replaced"]]
    lines.append(
        f"Odoo replaced workers, because of a limit: {'; '.join(ended)}."
        if ended
        else "No worker reached a limit of Odoo and was replaced."
    )
    return "\n\n".join(lines)


def _steps(results: dict) -> str:
    rows = []
    for step in _all_steps(results):
        times = [
            f"{step['kinds'][kind]['median_ms']:.0f} / {step['kinds'][kind]['p95_ms']:.0f}"
            if kind in step["kinds"]
            else ""
            for kind in _KINDS
        ]
        statuses = ", ".join(f"{status}: {count:,}" for status, count in step["statuses"].items())
        pause = f"{step['think_seconds']:g} s" if step["think_seconds"] else "none"
        rows.append(
            [
                step["workers"],
                step["servers"],
                step["phones"],
                pause,
                f"{step['per_second']:.1f}",
                *times,
                statuses,
            ]
        )
    head = ["workers", "servers", "phones", "pause", "requests/s"]
    head += [f"{kind} ms" for kind in _KINDS] + ["responses"]
    return (
        "### Requests a second\n\nTimes are the median, and what 95 % of the responses come within."
        f"\n\n{table(head, rows)}"
    )


def _processor(results: dict) -> str:
    rows, costs = [], []
    cores = results["machine"]["processors"]
    for step in _all_steps(results):
        used = step["processor"]["cores"]
        idle = step["processor"]["idle_cores"]
        rest = max(cores - idle - sum(used.values()), 0)
        title = _title(step)
        rows.append(
            [title, *(f"{used[part]:.2f}" for part in _PARTS), f"{rest:.2f}", f"{idle:.2f}"]
        )
        each = step["processor"]["ms_per_request"]
        costs.append([title, *(f"{each[part]:.2f}" for part in _PARTS)])
    return (
        f"### What the {cores} cores did\n\nCores in use, on the average.\n\n"
        f"{table(['workers', *_PARTS.values(), 'other', 'idle'], rows)}\n\n"
        "Milliseconds of a core for each request:\n\n"
        f"{table(['workers', *_PARTS.values()], costs)}"
    )


def _memory(results: dict) -> str:
    rows = []
    for step in _all_steps(results):
        for number, (worker, growth) in enumerate(step["growth"].items(), 1):
            sizes = [
                sample["workers"][worker]
                for sample in step["memory"]
                if worker in sample["workers"]
            ]
            rows.append(
                [
                    f"{_title(step)}: worker {number}",
                    *(f"{sizes[at]['own']:.0f}" for at in (0, len(sizes) // 5, -1)),
                    f"{sizes[-1]['resident']:.0f}",
                    f"{sizes[-1]['virtual']:.0f}",
                    f"{growth['mb_per_minute']:+.2f}",
                    f"{growth['mb_per_1000_requests']:+.2f}",
                ]
            )
    head = ["workers", "MB at first", "after 20 %", "in the end", "resident", "virtual"]
    head += ["MB a minute", "MB per 1000 requests"]
    return (
        "### Memory of the workers\n\nWhat a worker shares with no other process; in the end also "
        "what it has in memory in all, and its address space, which Odoo's `limit_memory_soft` is "
        "compared with. The growth is that after the first fifth of the time."
        f"\n\n{table(head, rows)}"
    )


def _requests(step: dict) -> str:
    rows = [
        [name, found["kind"], found["count"], f"{found['median_ms']:.0f}", f"{found['p95_ms']:.0f}"]
        for name, found in sorted(step["names"].items(), key=lambda item: -item[1]["count"])
    ]
    head = ["request", "kind", "count", "median ms", "p95 ms"]
    return f"### Each request, with {step['workers']} workers\n\n{table(head, rows)}"


def _capacity(results: dict) -> str:
    use, last = Use(), results["steps"][-1]
    each = last["processor"]["ms_per_request"]
    cost = Cost(*(each[part] for part in _CALCULATED))
    small = min(results["steps"], key=lambda step: step["workers"])
    whole = Installation(cost, _CORES, 2)
    limit = "primary" if whole.primary <= whole.all_replicas else "replicas"
    bounds = [
        (
            f"one worker, measured: `{small['per_second']:.1f} / {small['workers']}`",
            small["per_second"] / small["workers"],
        ),
        _bound("Odoo", _CORES, cost.workers),
        _bound("everything", _CORES, cost.all),
        _bound("a primary", _CORES, cost.primary),
        _bound("two replicas", 2 * _CORES, cost.replica),
        (f"primary, two replicas, {whole.servers} for Odoo, {_CORES} cores each", whole.per_second),
    ]
    rows = [
        [
            title,
            f"{most:.0f}",
            f"{most * use.busy:.0f}",
            f"{most * use.busy * use.pause:,.0f}",
            f"{use.phones(most):,}",
        ]
        for title, most in bounds
    ]
    share = cost.replica / (cost.primary + cost.replica)
    own = max(sizes["own"] for sample in last["memory"] for sizes in sample["workers"].values())
    head = ["", "requests/s at most", f"at {use.busy * 100:.0f} %", "phones in use", "phones"]
    return (
        f"### Capacity\n\nFrom the step with {last['workers']} workers. A phone in use sends a "
        f"request each {use.pause:g} s, {60 / use.pause:g} a minute; at the busiest time "
        f"{use.in_use * 100:.0f} % of all phones are in use; no machine is loaded with more than "
        f"{use.busy * 100:.0f} % of what it can do. So phones are "
        f"`requests/s * {use.busy:g} * {use.pause:g} / {use.in_use:g}`.\n\n{table(head, rows)}\n\n"
        f"The replica takes {share * 100:.0f} % of PostgreSQL's work. In the last row the {limit} "
        f"{'is' if limit == 'primary' else 'are'} the limit. A worker had {own:.0f} MB of its own "
        f"at most: {2 * _CORES} workers on {_CORES} cores are {2 * _CORES * own / 1024:.1f} GB."
    )


def _bound(what: str, cores: int, milliseconds: float) -> tuple[str, float]:
    return (
        f"{what} on {cores} cores: `{cores} * 1000 / {milliseconds:.2f}`",
        at_most(cores, milliseconds),
    )


def _title(step: dict) -> str:
    pause = step["think_seconds"]
    return (
        f"{step['workers']}, {step['phones']} phones with pauses" if pause else f"{step['workers']}"
    )
