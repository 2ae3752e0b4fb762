"""What the phones are told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What the phones do; times in seconds.

    :param url: the address of nginx
    :param certificate: the file of the certificate to trust
    :param keys: API keys, which the phones take in turn
    :param phones: how many
    :param think: how long a phone waits, on the average, before its next request; 0 for not at all
    :param warm_up: how long before anything counts
    :param duration: how long afterwards
    :param every: time between two lines of progress
    """

    url: str
    certificate: str
    keys: list[str]
    phones: int
    think: float
    warm_up: float
    duration: float
    every: float
