"""What is counted of requests, for a monitoring system such as Prometheus.

No label has a value that clients make up: databases, kinds of operations, HTTP statuses and codes
of errors are few.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from math import inf
from time import time
from typing import Any

from prometheus_client import Metric
from prometheus_client.openmetrics.exposition import generate_latest

from ..cors import SAFE_METHODS
from ..request_log import LogEntry, call_on_close
from ..responses import GRAPHQL_PATH, METRICS_PATH
from . import metric_files
from .metric_files import Addition
from .multiprocess import bound_label, sum_key

_DATABASE = "database"


@dataclass(frozen=True)
class Counter:
    """A number that only grows.

    :param name: without the ``_total`` that OpenMetrics adds
    :param labels: beside that of the database
    """

    name: str
    documentation: str
    labels: tuple[str, ...] = ()

    def add(self, database: str, *values: str, amount: float = 1) -> Addition:
        """Return what to add, under these values of the labels."""
        return Addition("counter", _counter_key(self, (database, *values)), amount)


@dataclass(frozen=True)
class Histogram:
    """How often amounts up to certain bounds were observed, and their sum.

    :param labels: beside that of the database
    """

    name: str
    documentation: str
    bounds: tuple[float, ...]
    labels: tuple[str, ...] = ()

    def observe(self, database: str, *values: str, amount: float) -> Iterable[Addition]:
        """Return what to add, under these values of the labels."""
        total, *buckets = keys = _histogram_keys(self, (database, *values))
        yield Addition("histogram", buckets[bisect_left(self.bounds, amount)], 1, keys)
        yield Addition("histogram", total, amount, keys)


@lru_cache(maxsize=4096)
def _counter_key(metric: Counter, values: tuple[str, ...]) -> str:
    labels = (_DATABASE, *metric.labels)
    return sum_key(metric.name, "_total", metric.documentation, labels, values)


@lru_cache(maxsize=1024)
def _histogram_keys(metric: Histogram, values: tuple[str, ...]) -> tuple[str, ...]:
    labels = (_DATABASE, *metric.labels)
    key = partial(sum_key, metric.name, documentation=metric.documentation)
    buckets = (
        key("_bucket", labels=(*labels, "le"), values=(*values, bound_label(bound)))
        for bound in (*metric.bounds, inf)
    )
    return key("_sum", labels=labels, values=values), *buckets


REQUESTS = Counter("graphql_api_requests", "Requests.", ("operation", "status"))
DURATION = Histogram(
    "graphql_api_request_duration_seconds",
    "Time from the request's arrival until its response was sent.",
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
    ("operation",),
)
QUERIES = Histogram(
    "graphql_api_request_sql_queries",
    "SQL queries of a request.",
    (2, 5, 10, 15, 20, 30, 50, 100, 200, 500),
    ("operation",),
)
ERRORS = Counter("graphql_api_errors", "Requests with an error, by its code.", ("code",))
TRANSACTIONS = Counter(
    "graphql_api_transactions", "Requests by the server that they ran on.", ("server",)
)
REPLICA_LAG = Counter(
    "graphql_api_replica_behind",
    "Reads that ran on the primary because the replica had not reached their Consistency-Token.",
)
CACHES = Counter("graphql_api_cache_lookups", "Lookups in a cache.", ("cache", "result"))
BUILDS = Counter("graphql_api_schema_builds", "Schemas that were built.")
BUILD_SECONDS = Counter("graphql_api_schema_build_seconds", "Time that this took.")

_UNITS = {DURATION.name: "seconds", BUILD_SECONDS.name: "seconds"}


def count_after(request, response, entry: LogEntry, replica_lagged: bool) -> None:
    """Have a request counted when its response has been sent.

    So it is counted once, however often Odoo tried it, and nothing of it takes the client's time.

    :param replica_lagged: the replica had not yet replayed what the request has to see
    """
    # Odoo deletes these when it writes the access log (odoo/netsvc.py, ``PerfFilter``).
    thread: Any = threading.current_thread()
    started, queries, cursor_mode = thread.perf_t0, thread.query_count, thread.cursor_mode
    httprequest, database = request.httprequest, request.db

    def count():
        operation = _operation(httprequest, entry)
        additions = [
            REQUESTS.add(database, operation, str(response.status_code)),
            *DURATION.observe(database, operation, amount=max(time() - started, 0)),
            *QUERIES.observe(database, operation, amount=queries),
        ]
        if entry.error_code:
            additions.append(ERRORS.add(database, entry.error_code))
        if cursor_mode:
            server = "replica" if cursor_mode == "ro" else "primary"
            additions.append(TRANSACTIONS.add(database, server))
        if replica_lagged:
            additions.append(REPLICA_LAG.add(database))
        for cache, hit in entry.lookups:
            additions.append(CACHES.add(database, cache, "hit" if hit else "miss"))
        metric_files.add(additions)

    call_on_close(response, count)


def count_schema_build(database: str, seconds: float) -> None:
    """Count a schema that was built."""
    metric_files.add([BUILDS.add(database), BUILD_SECONDS.add(database, amount=seconds)])


def open_metrics(database: str) -> bytes:
    """Return what all processes of this server counted of a database, as OpenMetrics 1.0."""
    return generate_latest(_DatabaseMetrics(database))


class _DatabaseMetrics:
    """A registry, in the sense of the library, with what belongs to one database."""

    def __init__(self, database: str):
        self._database = database

    def collect(self) -> Iterable[Metric]:
        for metric in metric_files.read():
            metric.unit = _UNITS.get(metric.name, "")
            metric.samples = [
                sample for sample in metric.samples if sample.labels[_DATABASE] == self._database
            ]
            if metric.samples:
                yield metric


def _operation(httprequest, entry: LogEntry) -> str:
    """Return the kind of a request."""
    path = httprequest.path.rstrip("/")
    if path == GRAPHQL_PATH:
        kind = entry.kind
        return kind if kind in ("query", "mutation") else "graphql"
    if path == METRICS_PATH:
        return "metrics"
    if path.startswith("/api/auth/"):
        return "sign_in"
    if "field_name" in entry.arguments:
        return "file"
    reads = entry.only_reads or httprequest.method in SAFE_METHODS
    return "rest_read" if reads else "rest_write"
