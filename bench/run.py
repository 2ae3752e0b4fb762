"""One run: the parts that were asked for, one after the other, into one dictionary."""

from dataclasses import asdict

from bench import measure, throughput
from bench.competitors import GRANIAN_PEERS, TITLES, Competitors
from bench.options import Options
from bench.reading import Read
from bench.workloads import Places, Workload, scaling_reads, sized_reads, workloads
from tools.progress import say

_THROUGHPUT_WORKLOADS = ("one_record", "list_80", "orders")
_THROUGHPUT_PEERS = ("graphql", "rest", *GRANIAN_PEERS, "json2", "stock", "sql")
_CLIENTS = (1, 8)
_SCALING_PEERS = ("graphql", "rest", "json2", "stock", "sql")
_COUNTED_PEERS = ("graphql", "rest", "graphql_policy", "json2", "stock")


def run(
    options: Options, about: dict, competitors: Competitors, places: Places, left_out: str
) -> dict:
    """Measure, and return the results as they are written.

    :param about: date, machine and versions
    :param left_out: which peer does not take part, and why
    """
    chosen = workloads(places)
    results = {
        **about,
        "sizes": asdict(options.sizes),
        "workers": options.workers,
        "login": options.login,
        "left_out": left_out,
        "peers": {name: TITLES[name] for name in competitors.peers},
        "workloads": {
            workload.name: _latency(workload, competitors, options.seconds)
            for workload in chosen
            if options.wants(workload.name)
        },
        "queries": {},
        "throughput": {},
        "scaling": {},
    }
    if options.wants("queries"):
        results["queries"] = _queries(competitors, places)
    if options.wants("throughput"):
        results["throughput"] = {
            workload.name: _throughput(workload, competitors, options.throughput_seconds)
            for workload in chosen
            if workload.name in _THROUGHPUT_WORKLOADS
        }
    if options.wants("scaling"):
        results["scaling"] = _scaling(competitors, options.seconds / 3)
    return results


def _latency(workload: Workload, competitors: Competitors, seconds: float) -> dict:
    say(f"Measuring: {workload.title} ...")
    participants = competitors.participants(workload.read)
    measure.check_responses(participants)
    if workload.first_page:
        ours = competitors.participants(workload.first_page, ["graphql"])
        if "graphql" in ours:
            participants["first_page"] = ours["graphql"]
    measured = measure.interleaved(participants, seconds)
    return {
        "title": workload.title,
        "peers": {name: figures.to_json() for name, figures in measured.items()},
    }


def _queries(competitors: Competitors, places: Places) -> dict:
    results = {}
    for name, (title, reads) in sized_reads(places).items():
        say(f"Counting SQL queries: {title} ...")
        counts: dict = {peer: {} for peer in _COUNTED_PEERS if peer in competitors.peers}
        for size, read in reads.items():
            for peer, participant in competitors.participants(read, counts).items():
                counts[peer][str(size)] = measure.count_queries(participant)
        results[name] = {"title": title, "peers": counts}
    return results


def _throughput(workload: Workload, competitors: Competitors, seconds: float) -> dict:
    say(f"Measuring calls a second: {workload.title} ...")
    participants = competitors.participants(workload.read, _THROUGHPUT_PEERS)
    return {
        "title": workload.title,
        "clients": {
            str(clients): throughput.calls_per_second(participants, clients, seconds)
            for clients in _CLIENTS
        },
    }


def _scaling(competitors: Competitors, seconds: float) -> dict:
    results = {}
    for name, (title, reads) in scaling_reads().items():
        points: dict[str, dict] = {}
        for position, read in reads.items():
            say(f"Measuring: {title}: {position} ...")
            for peer, figures in _point(competitors, read, seconds).items():
                points.setdefault(peer, {})[str(position)] = figures
        results[name] = {"title": title, "points": points}
    return results


def _point(competitors: Competitors, read: Read, seconds: float) -> dict:
    participants = competitors.participants(read, _SCALING_PEERS)
    measure.check_responses(participants)
    measured = measure.interleaved(participants, seconds)
    return {peer: figures.to_json() for peer, figures in measured.items()}
