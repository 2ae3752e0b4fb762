"""Throughput: how many calls a second the server answers to several clients at once."""

import threading
import time
from collections.abc import Mapping

from bench.measure import Participant

_SLICES = 3
"""Turns of each participant."""


def calls_per_second(
    participants: Mapping[str, Participant], clients: int, seconds: float
) -> dict[str, float]:
    """Return the calls a second of each participant; they take turns.

    :param clients: threads, each with a connection, which send one call after the other
    :param seconds: how long for each participant
    """
    counts = dict.fromkeys(participants, 0)
    durations = dict.fromkeys(participants, 0.0)
    for _slice in range(_SLICES):
        for name, participant in participants.items():
            count, duration = _load(participant, clients, seconds / _SLICES)
            counts[name] += count
            durations[name] += duration
    return {name: round(counts[name] / durations[name], 1) for name in participants}


def _load(participant: Participant, clients: int, seconds: float) -> tuple[int, float]:
    """Return the number of calls and the seconds until the last one was answered."""
    counts: list[int] = []
    errors: list[Exception] = []
    started = time.perf_counter()

    def work() -> None:
        connection = participant.server.connect()
        count = 0
        try:
            while time.perf_counter() - started < seconds:
                connection.call(participant.call)
                count += 1
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()
            counts.append(count)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sum(counts), time.perf_counter() - started
