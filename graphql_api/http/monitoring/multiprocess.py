"""What is used of prometheus_client's multiprocess mode, whose parts the library calls inner ones.

Nothing else imports them. Files, keys and sums are in the library's formats, so that it can merge
them; why its own metrics are not used is said in docs/decisions/metrics-files.md.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.utils import floatToGoString

if os.name == "posix":
    import fcntl

_FIRST_SIZE = 128 * 1024
"""Bytes of a new file, into which the sums of one database fit."""

_AROUND_KEY = 28
"""Bytes that an entry of a file has at most beside its key (``MmapedDict``)."""


class SumsFile(MmapedDict):
    """A file of sums, mapped into the memory of the one process that adds to it.

    The kernel ends a process that writes to a mapped part of a file for which the disk has no room,
    so room is taken before it is written: where there is none, that is an error like others.

    :param path: it need not exist
    :raise BlockingIOError: another process has this file
    :raise OSError: no room, no right to write
    :raise ValueError, RuntimeError, struct.error: a damaged file
    """

    def __init__(self, path: Path):
        self._room = path.open("ab", buffering=0)
        try:
            if os.name == "posix":  # elsewhere Odoo has no worker processes
                # Held until the process ends, in whatever way.
                fcntl.flock(self._room, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not path.stat().st_size:
                self._begin(path)
            super().__init__(str(path))
        except BaseException:
            self._room.close()
            raise

    def _begin(self, path: Path) -> None:
        try:
            self._take_room(_FIRST_SIZE)
        except OSError:
            path.unlink(missing_ok=True)  # the library cannot read what is shorter
            raise

    def add(self, key: str, amount: float, siblings: tuple[str, ...] = ()) -> None:
        """Add to a sum.

        :param key: made by :func:`sum_key`
        :param siblings: keys of sums that have to be in the file where this one is
        """
        # They are made in this order: where the last one is, all are.
        if siblings and siblings[-1] not in self._positions:
            for sibling in siblings:
                self.read_value(sibling)
        value, _timestamp = self.read_value(key)
        self.write_value(key, value + amount, 0.0)

    def _init_value(self, key: str) -> None:
        # The library doubles a file that is full, without taking room for it.
        capacity = self._capacity
        while self._used + len(key.encode()) + _AROUND_KEY > capacity:
            capacity *= 2
        self._take_room(capacity - self._capacity)
        return super()._init_value(key)

    def _take_room(self, size: int) -> None:
        if size and self._room.write(bytes(size)) < size:
            raise OSError(f"There is no room for {size} bytes on the disk.")

    def close(self) -> None:
        """Let another process have the file."""
        self._room.close()
        return super().close()


def sum_key(
    metric: str, suffix: str, documentation: str, labels: Sequence[str], values: Sequence[str]
) -> str:
    """Return the key of a sum.

    :param suffix: of the sample's name, such as ``_total``
    :param labels: names of labels, in the order of their ``values``
    """
    return mmap_key(metric, metric + suffix, list(labels), list(values), documentation)


def bound_label(bound: float) -> str:
    """Return the value of the label ``le`` of a histogram's bucket."""
    return floatToGoString(bound)


def merge(paths: Iterable[Path]) -> list[Metric]:
    """Return the sums over files; the part of a name before ``_`` is the type of its metrics.

    :raise OSError, RuntimeError: a file cannot be read
    """
    return list(MultiProcessCollector.merge([str(path) for path in paths]))
