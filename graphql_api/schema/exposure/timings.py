"""How long the phases of a request take."""

from time import perf_counter


class timed:
    """Add the time that a block takes to a phase.

    :param timings: phase -> seconds, of one request
    """

    __slots__ = ("_phase", "_started", "_timings")

    def __init__(self, timings: dict[str, float], phase: str):
        self._timings = timings
        self._phase = phase

    def __enter__(self):
        self._started = perf_counter()

    def __exit__(self, *exception):
        spent = perf_counter() - self._started
        self._timings[self._phase] = self._timings.get(self._phase, 0.0) + spent
