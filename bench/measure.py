"""Latency: the peers take turns, so that whatever else the machine does meets all alike."""

import random
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.exchange import BadResponse, Call, Connection
from bench.server import MeasuredServer

_WARM_UP = 3  # calls, for each worker process of the server
_LEAST_ROUNDS, _MOST_ROUNDS = 10, 300


@dataclass(frozen=True)
class Participant:
    """A peer's way to read something, and the server that answers it.

    ``counts_queries``: the server's log tells how many SQL queries a request took.
    """

    server: MeasuredServer
    call: Call
    counts_queries: bool = True


@dataclass
class Measured:
    """What calls of one participant took: seconds of each call, and facts of one call."""

    requests: int
    queries: int | None  # None: not known
    size: int  # bytes of all bodies
    seconds: list[float] = field(default_factory=list)
    timings: dict[str, list[float]] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """Seconds, of which 95 % of the calls took no more."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]

    def to_json(self) -> dict:
        """Return the figures, times in milliseconds."""
        figures = {
            "least_ms": round(min(self.seconds) * 1000, 3),
            "median_ms": round(self.median * 1000, 3),
            "p95_ms": round(self.p95 * 1000, 3),
            "queries": self.queries,
            "bytes": self.size,
            "requests": self.requests,
            "calls": len(self.seconds),
        }
        if self.timings:
            figures["server_timing_ms"] = {
                name: round(statistics.median(values), 3) for name, values in self.timings.items()
            }
        return figures


def check_responses(participants: Mapping[str, Participant]) -> None:
    """Compare the data of all responses with those of the first participant.

    :raise BadResponse: they differ
    """
    expected, first = None, ""
    for name, participant in participants.items():
        connection = participant.server.connect()
        bodies = [response.body for response in connection.call(participant.call)]
        connection.close()
        found = participant.call.decode(bodies)
        if not first:
            expected, first = found, name
            if found in (None, [], 0):
                raise BadResponse(f"{name}: the response is empty.")
        elif found != expected:
            raise BadResponse(
                f"{name} and {first} respond differently:\n{_difference(expected, found)}"
            )


def interleaved(participants: Mapping[str, Participant], seconds: float) -> dict[str, Measured]:
    """Measure calls of all participants in turn.

    :param seconds: how long, in all
    """
    connections = {name: part.server.connect() for name, part in participants.items()}
    measured = {}
    for name, participant in participants.items():
        for _call in range(_WARM_UP * max(1, participant.server.workers)):
            connections[name].call(participant.call)
        measured[name] = _facts(participant, connections[name])
    names = list(participants)
    deadline = time.monotonic() + seconds
    for number in range(_MOST_ROUNDS):
        if number >= _LEAST_ROUNDS and time.monotonic() > deadline:
            break
        # In a new order each time: who always came after the same one would find the processor's
        # caches as that one left them.
        for name in random.Random(number).sample(names, len(names)):
            _time(connections[name], participants[name].call, measured[name])
    for connection in connections.values():
        connection.close()
    return measured


def count_queries(participant: Participant) -> int | None:
    """Return the number of SQL queries of a call, after a first one."""
    connection = participant.server.connect()
    for _call in range(max(1, participant.server.workers)):
        connection.call(participant.call)
    return _facts(participant, connection).queries


def _facts(participant: Participant, connection: Connection) -> Measured:
    position = participant.server.log_position()
    responses = connection.call(participant.call)
    queries = None
    if participant.counts_queries:
        queries = participant.server.queries_since(position, len(responses))
    return Measured(len(responses), queries, sum(len(response.body) for response in responses))


def _time(connection: Connection, call: Call, measured: Measured) -> None:
    started = time.perf_counter()
    responses = connection.call(call)
    measured.seconds.append(time.perf_counter() - started)
    if len(responses) == 1:
        for name, duration in responses[0].timings.items():
            measured.timings.setdefault(name, []).append(duration)


def _difference(expected, found, path: str = "") -> str:
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        for key, value in expected.items():
            if value != found[key]:
                return _difference(value, found[key], f"{path}.{key}")
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            if one != other:
                return _difference(one, other, f"{path}[{index}]")
    return f"at {path or 'the top'}: {str(expected)[:300]!r} and {str(found)[:300]!r}"
