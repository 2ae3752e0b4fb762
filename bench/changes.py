"""What the change log costs those who write, and what it saves those who keep a copy.

The benchmark's database is measured beside a copy of it with the addon about changes.
"""

import json
from collections.abc import Callable
from urllib.parse import quote

from bench import database, measure, streams
from bench.exchange import BadResponse, Call, Request
from bench.measure import Participant
from bench.odoo_module import result_of
from bench.options import Options
from bench.peers.access import Access
from bench.server import OdooServer
from tools.environment import Environment
from tools.paths import LOGS
from tools.progress import say

SIZES = (10_000, 1_000_000)
"""Customers that two databases have more, so many rows are in their logs."""

CHANGED = 10
"""Customers of a delta."""

_SCREEN = (
    "/api/sale-orders?limit=80&fields=id,name,date_order,state,amount_total,customer.name,"
    "order_lines.quantity,order_lines.price_unit,order_lines.product.name"
)
"""The repeated screen of a phone: 80 orders with their customers, lines and products."""


def run(environment: Environment, source: str, options: Options, access_to: Callable) -> dict:
    """Measure what was asked for.

    :param source: the benchmark's database
    :param access_to: a function from a server to the :class:`Access` of the user who reads
    """
    results: dict = {"tracking": {}, "deltas": {}, "unchanged": {}, "streams": {}}
    wanted = [part for part in results if options.wants(part)]
    if not wanted:
        return results
    tracked = database.ensure_changes(environment, source)
    if "tracking" in wanted:
        say("Measuring writes with and without a change log ...")
        failure = f"Writes could not be measured in {tracked}:"
        results["tracking"] = result_of(
            environment, "bench.tracking_process", source, tracked, failure
        )
    if "unchanged" in wanted:
        say("Measuring a screen that has not changed ...")
        with _serve(environment, source) as plain, _serve(environment, tracked) as server:
            results["unchanged"] = _unchanged(plain, server, options, access_to)
    if "deltas" in wanted:
        results["deltas"] = _deltas(environment, tracked, options, access_to)
    if "streams" in wanted:
        name = database.ensure_changes_of(environment, tracked, SIZES[-1])
        say(f"Streaming {SIZES[-1]:,} customers ...")
        # On any machine in one response: else Odoo has a stream end before its time for requests.
        options_of_server = (database.addons_option(), "--limit-time-real=3600")
        log = LOGS / f"{name}.log"
        with OdooServer(environment, name, log, *options_of_server) as server:
            results["streams"] = streams.run(server, access_to(server))
    return results


def _serve(environment: Environment, name: str) -> OdooServer:
    return OdooServer(environment, name, LOGS / f"{name}.log", database.addons_option())


def _unchanged(plain: OdooServer, server: OdooServer, options: Options, access_to) -> dict:
    """Return the figures of the same request: whole, and with the tag of the last response."""
    participants = {}
    for name, asked in (("plain", plain), ("log", server)):
        headers = access_to(asked).headers
        connection = asked.connect()
        first = connection.send(Request("GET", _SCREEN, headers=headers))
        connection.close()
        if first.status != 200:
            raise BadResponse(f"GET {_SCREEN} gave {first.status}: {first.body[:500]!r}")
        tagged = {**headers, "If-None-Match": first.headers["ETag"]}
        for kind, sent in (("whole", headers), ("unchanged", tagged)):
            request = Request("GET", _SCREEN, headers=sent)
            participants[f"{name}_{kind}"] = Participant(asked, Call((request,), _last))
    measured = measure.interleaved(participants, options.seconds)
    return {name: figures.to_json() for name, figures in measured.items()}


def _deltas(environment: Environment, tracked: str, options: Options, access_to) -> dict:
    """Return the figures of a delta of the same changes among few and among many records."""
    names = {str(size): database.ensure_changes_of(environment, tracked, size) for size in SIZES}
    say(f"Measuring a delta of {CHANGED} changes ...")
    small, large = names
    with (
        _serve(environment, names[small]) as one,
        _serve(environment, names[large]) as other,
    ):
        participants = {
            size: Participant(server, _delta(server, access_to(server)))
            for size, server in ((small, one), (large, other))
        }
        measured = measure.interleaved(participants, options.seconds)
    return {size: figures.to_json() for size, figures in measured.items()}


def _delta(server: OdooServer, access: Access) -> Call:
    """Change some customers; return the call that asks what has changed since before."""
    connection = server.connect()

    def send(method: str, path: str, body: dict | None = None) -> dict:
        sent = None if body is None else json.dumps(body).encode()
        response = connection.send(Request(method, path, sent, access.headers))
        if response.status not in (200, 201):
            raise BadResponse(f"{method} {path} gave {response.status}: {response.body[:500]!r}")
        return json.loads(response.body)

    token = send("GET", "/api/customers/changes")["meta"]["token"]
    changed = send("GET", f"/api/customers?fields=id&limit={CHANGED}&sort=-id")["data"]
    for row in changed:
        send("PATCH", f"/api/customers/{row['id']}?fields=id", {"phone": "1"})
    connection.close()
    path = f"/api/customers/changes?since={quote(token)}&fields=id,name,phone"
    return Call((Request("GET", path, headers=access.headers),), _last)


def _last(bodies: list[bytes]) -> bytes:
    return bodies[-1]
