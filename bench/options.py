"""The options of ``make bench``."""

import argparse
from dataclasses import dataclass

from bench.competitors import TITLES
from bench.database import Sizes
from bench.workloads import names

PARTS = (
    *("queries", "throughput", "scaling", "exposure", "introspection", "small_requests"),
    *("tracking", "unchanged", "deltas", "streams"),
)
"""Parts of a run beside the workloads of latency."""


@dataclass(frozen=True)
class Options:
    """What a run does; times in seconds."""

    sizes: Sizes
    seconds: float
    throughput_seconds: float
    workers: int
    login: str
    only: tuple[str, ...]
    peers: tuple[str, ...]
    resources: tuple[int, ...]
    policies: tuple[int, ...]
    strict: bool
    write_docs: bool

    def wants(self, part: str) -> bool:
        """Tell whether a workload or another part of the run was asked for."""
        return not self.only or part in self.only


def parse(arguments: list[str]) -> Options:
    """Return the options of a command line."""
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=...",
        description="Measure GraphQL and REST beside other ways to read the same from Odoo.",
    )
    add = parser.add_argument
    add("--customers", type=int, default=20_000, help="records to make (%(default)s)")
    add("--orders", type=int, default=2_000, help="sale orders to make (%(default)s)")
    add("--seconds", type=float, default=12, help="for each workload, all peers (%(default)s)")
    add(
        "--throughput-seconds",
        type=float,
        default=3,
        help="for each peer and number of clients (%(default)s)",
    )
    add("--workers", type=int, default=0, help="worker processes; 0: threads (%(default)s)")
    add("--login", default="admin", help="the user who reads (%(default)s)")
    add(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        choices=[*names(), *PARTS],
        help=f"a part of the run: {', '.join([*names(), *PARTS])}; several times for several",
    )
    add("--peers", default=",".join(TITLES), help="who takes part (%(default)s)")
    add(
        "--resources",
        type=_numbers,
        default="30,100,300",
        help="how many are exposed, one measurement for each (%(default)s)",
    )
    add(
        "--policies",
        type=_numbers,
        default="1,10,50",
        help="how many ask, one measurement for each (%(default)s)",
    )
    add("--strict", action="store_true", help="fail if a target is missed")
    add("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    found = parser.parse_args(arguments)
    peers = tuple(found.peers.split(","))
    if unknown := set(peers) - set(TITLES):
        parser.error(f"there is no peer {', '.join(unknown)}")
    if found.customers < 2000 or found.orders < 1000:
        parser.error("at least 2000 customers and 1000 orders are needed")
    if found.write_docs and found.only:
        parser.error("--write-docs wants a whole run, without --only")
    return Options(
        Sizes(found.customers, found.orders),
        found.seconds,
        found.throughput_seconds,
        found.workers,
        found.login,
        tuple(found.only),
        peers,
        found.resources,
        found.policies,
        found.strict,
        found.write_docs,
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))
