"""The phones, as a process of their own. It runs where locust can be imported.

Usage: python -m bench.load.clients <settings in JSON, see bench.load.settings>

It prints a line of JSON every few seconds, and a last one with all figures.
"""

import json
import sys
import time
from collections import Counter

import gevent
from locust import between, constant
from locust.env import Environment

from bench.load.phone import FIRST_SCREENS, Phone
from bench.load.settings import Settings
from bench.load.statistics import percentile

_EXAMPLES = 20
_READY_WITHIN = 60
"""Seconds after the time to warm up: workers that build the schema let the phones wait."""
_ANSWERED_WITHIN = 60
"""Seconds that a measurement may go on for until there is something to measure."""


class _Measured:
    """The requests that were answered since the last :meth:`clear`."""

    def __init__(self):
        self.clear()

    def clear(self) -> None:
        self.times: dict[tuple[str, str], list[float]] = {}
        self.statuses: Counter[str] = Counter()
        self.examples: list[str] = []
        self.started = time.monotonic()

    def note(self, name, response_time, response, context, exception, **_rest) -> None:
        """Take an event of locust."""
        self.times.setdefault((context["kind"], name), []).append(response_time)
        status = str(response.status_code if response is not None else 0)
        if exception is not None:
            # Errors of GraphQL come with the status 200.
            status = f"{status} {getattr(exception, 'code', '') or type(exception).__name__}"
            self._example(f"{name}: {status}: {exception}")
        self.statuses[status] += 1

    def note_error(self, exception, **_rest) -> None:
        """Take an event of locust: a phone could not go on."""
        self.statuses[type(exception).__name__] += 1
        self._example(repr(exception))

    def _example(self, text: str) -> None:
        if len(self.examples) < _EXAMPLES:
            self.examples.append(text)

    @property
    def count(self) -> int:
        return sum(map(len, self.times.values()))

    def to_json(self) -> dict:
        """Return the figures; times in ms."""
        kinds: dict[str, list[float]] = {}
        for (kind, _name), times in self.times.items():
            kinds.setdefault(kind, []).extend(times)
        seconds = time.monotonic() - self.started
        return {
            "seconds": round(seconds, 1),
            "requests": self.count,
            "per_second": round(self.count / seconds, 1),
            "kinds": {kind: _figures(times) for kind, times in sorted(kinds.items())},
            "names": {
                name: {"kind": kind, **_figures(times)}
                for (kind, name), times in sorted(self.times.items())
            },
            "statuses": dict(sorted(self.statuses.items())),
            "examples": self.examples,
        }


def _figures(times: list[float]) -> dict:
    ordered = sorted(times)
    return {
        "count": len(ordered),
        "median_ms": round(percentile(ordered, 0.5), 1),
        "p95_ms": round(percentile(ordered, 0.95), 1),
        "p99_ms": round(percentile(ordered, 0.99), 1),
    }


def run(settings: Settings) -> None:
    """Let the phones work, and print what happens."""
    think = settings.think
    kind = type(
        "Phone",
        (Phone,),
        {
            "host": settings.url,
            "keys": settings.keys,
            "certificate": settings.certificate,
            "wait_time": between(think / 2, think * 3 / 2) if think else constant(0),
        },
    )
    measured, everything = _Measured(), Counter()
    environment = Environment(user_classes=[kind])
    environment.events.request.add_listener(measured.note)
    environment.events.user_error.add_listener(measured.note_error)
    runner = environment.create_local_runner()
    # The phones come one after the other: each worker has to build the schema first.
    runner.start(settings.phones, spawn_rate=max(settings.phones / settings.warm_up, 1))
    ready = time.monotonic() + settings.warm_up
    at_last = ready + _READY_WITHIN
    while time.monotonic() < ready or (
        measured.count < settings.phones * FIRST_SCREENS and time.monotonic() < at_last
    ):
        gevent.sleep(0.1)
    everything.update(measured.statuses)
    measured.clear()
    _print({"measuring": True, "requests": 0})
    end = time.monotonic() + settings.duration
    at_last = end + _ANSWERED_WITHIN
    before = 0
    while (left := (end if measured.count else at_last) - time.monotonic()) > 0:
        pause = min(settings.every, left)
        gevent.sleep(pause)
        count = measured.count
        _print({"requests": count, "per_second": round((count - before) / pause, 1)})
        before = count
    figures = measured.to_json()
    runner.quit()
    everything.update(figures["statuses"])
    _print({"figures": {**figures, "all_statuses": dict(sorted(everything.items()))}})


def _print(line: dict) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    run(Settings(**json.loads(sys.argv[1])))
