"""A cache that is bounded by what it holds, not by how many entries that is."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any


class WeightedCache:
    """Values by key; the least recently used ones are dropped first. Threads may share it.

    :param max_weight: of all values together; heavier ones than a quarter of it are not kept, as
        one would take the place of everything else
    """

    def __init__(self, max_weight: int):
        self.max_weight = max_weight
        self.weight = 0
        self._lock = Lock()
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Any:
        """Return a value, None where there is none."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def keep(self, key: Hashable, value: Any, weight: int) -> None:
        """Keep a value, in place of others if need be.

        :param weight: of the value and its key
        """
        if weight > self.max_weight // 4:
            return
        with self._lock:
            _value, before = self._entries.pop(key, (None, 0))
            self._entries[key] = (value, weight)
            self.weight += weight - before
            while self.weight > self.max_weight:
                _key, (_value, freed) = self._entries.popitem(last=False)
                self.weight -= freed

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self.weight = 0
