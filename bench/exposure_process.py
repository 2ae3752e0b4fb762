"""What a change of a resource costs one Odoo process. Runs in Odoo, as a process of its own.

Usage: python -m bench.exposure_process <configuration file> <database> <policies>

Requests go to Odoo's WSGI application in the same process: all that a worker does but for HTTP
itself. The result is one line of JSON on stdout, see :func:`measure`.
"""

import gc
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
from werkzeug.test import Client

from odoo.api import SUPERUSER_ID, Environment
from odoo.http import root
from odoo.modules.registry import Registry
from odoo.tests import Form
from odoo.tools import config

_QUERY = {"query": "{ customers(first: 1) { nodes { id name } } }"}
_EDITS = 3
_FURTHER = 9
"""Policies that ask after an edit, beside the first one."""

Cost = tuple[float, int]
"""Seconds of the processor, and SQL queries."""


def measure(database: str, policies: int) -> dict:
    """Return what it costs; of several edits the medians.

    ``cpu`` is in seconds, ``queries`` are SQL's: of an ``edit``, of the ``first`` request after
    it, and of a ``further`` one, by another policy, on the average (None with one policy).
    ``start`` is the first request of the process, with what Odoo makes for it. ``memory`` is in
    bytes: what the process has grown by when all policies have asked once, and ``process`` what it
    has then in all.
    """
    root.initialize()
    registry = Registry(database)
    keys = list(_new_keys(registry, policies))
    client = Client(root)
    client.get("/api/health", headers={"X-Odoo-Database": database})
    before = _memory()
    start, *_others = [_ask(client, database, key) for key in keys]
    after = _memory()
    edits, firsts, furthers = [], [], []
    for number in range(_EDITS):
        edits.append(_edit(registry, number))
        first, *others = [_ask(client, database, key) for key in keys[: _FURTHER + 1]]
        firsts.append(first)
        if others:
            furthers.append(_average(others))
    return {
        "start": _cost([start]),
        "edit": _cost(edits),
        "first": _cost(firsts),
        "further": _cost(furthers) if furthers else None,
        "memory": after - before,
        "process": after,
    }


@contextmanager
def _cursor(registry: Registry) -> Iterator[Environment]:
    with registry.cursor() as cr:
        yield Environment(cr, SUPERUSER_ID, {})
    registry.signal_changes()


def _new_keys(registry: Registry, policies: int) -> Iterator[str]:
    """Yield a key of the administrator under each policy of the benchmark."""
    with _cursor(registry) as env:
        user = env.ref("base.user_admin")
        found = env["graphql_api.policy"].search(
            [("name", "like", "Benchmark ")], order="name", limit=policies
        )
        for policy in found:
            yield env["graphql_api.key"]._generate(user, policy, "Benchmark", None)


def _edit(registry: Registry, number: int) -> Cost:
    """Change a field of a resource in its form, and save it as the web client does."""
    with _cursor(registry) as env:
        resource = env["graphql_api.resource"].search([], order="id desc", limit=1)
        form = Form(resource.with_user(env.ref("base.user_admin")))
        with form.field_ids.edit(0) as line:
            line.filterable = bool(number % 2)
        queries = env.cr.sql_log_count

        def save():
            form.save()
            env.cr.commit()
            registry.signal_changes()

        seconds = _seconds(save)
        return seconds, env.cr.sql_log_count - queries


def _ask(client: Client, database: str, key: str) -> Cost:
    headers = {"Authorization": f"Bearer {key}", "X-Odoo-Database": database}

    def ask():
        response = client.post("/api/graphql", json=_QUERY, headers=headers)
        data = response.get_data()
        if response.status_code != 200 or b'"errors"' in data:
            raise SystemExit(f"{response.status}: {data[:500].decode()}")

    return _seconds(ask), threading.current_thread().query_count


def _seconds(function: Callable[[], None]) -> float:
    """Return the time of the processor that a call takes in this process."""
    started = time.process_time()
    function()
    return time.process_time() - started


def _memory() -> int:
    gc.collect()
    return psutil.Process().memory_info().rss


def _average(costs: list[Cost]) -> Cost:
    seconds, queries = zip(*costs, strict=True)
    return statistics.mean(seconds), round(statistics.mean(queries))


def _cost(costs: list[Cost]) -> dict:
    seconds, queries = zip(*costs, strict=True)
    return {
        "cpu": round(statistics.median(seconds), 4),
        "queries": round(statistics.median(queries)),
    }


def main(configuration: str, database: str, policies: str) -> None:
    """Print the result."""
    config.parse_config(
        [f"--config={configuration}", f"--database={database}", "--log-level=error"],
        setup_logging=True,
    )
    print(json.dumps(measure(database, int(policies))))


if __name__ == "__main__":
    main(*sys.argv[1:])
