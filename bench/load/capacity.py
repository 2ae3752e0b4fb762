"""How many phones a number of cores serves, calculated from what a request costs."""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time that a request takes, on the average of the mix."""

    workers: float
    primary: float
    replica: float
    nginx: float

    @property
    def all(self) -> float:
        """Where everything runs on one machine."""
        return self.workers + self.primary + self.replica + self.nginx


@dataclass(frozen=True)
class Use:
    """How the app is used.

    :param pause: seconds between two requests of a phone in use
    :param in_use: share of all phones that are in use at the busiest time
    :param busy: share of what it can do that a machine is loaded with
    """

    pause: float = 10
    in_use: float = 0.3
    busy: float = 0.6

    def phones(self, per_second: float) -> int:
        """Return how many phones send so many requests a second at the busiest time.

        :param per_second: what can be answered at most
        """
        return int(per_second * self.busy * self.pause / self.in_use)


def at_most(cores: int, milliseconds: float) -> float:
    """Return the requests a second for which so many cores are enough.

    :param milliseconds: that each takes of a core
    """
    return cores * 1000 / milliseconds


@dataclass(frozen=True)
class Installation:
    """A primary with replicas, and as many Odoo servers as they can serve.

    :param cores: of each machine
    """

    cost: Cost
    cores: int
    replicas: int

    @property
    def primary(self) -> float:
        """Requests a second that the primary bears."""
        return at_most(self.cores, self.cost.primary)

    @property
    def all_replicas(self) -> float:
        """Requests a second that the replicas bear together."""
        return at_most(self.cores * self.replicas, self.cost.replica)

    @property
    def per_second(self) -> float:
        """Requests a second in all."""
        return min(self.primary, self.all_replicas)

    @property
    def servers(self) -> int:
        """Odoo servers that are needed for them."""
        return ceil(self.per_second / at_most(self.cores, self.cost.workers))
