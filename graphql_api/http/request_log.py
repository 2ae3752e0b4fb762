"""What is written when a response has been sent: the request log, usage, and the last use of keys.

It happens outside of the request's transaction, which may have been read-only or rolled back,
and costs the client no time.
"""

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from time import monotonic, time
from typing import Any

from graphql import FieldNode, OperationDefinitionNode
from werkzeug.wsgi import ClosingIterator

from odoo import SUPERUSER_ID, api
from odoo.http import Response
from odoo.modules.registry import Registry
from odoo.tools.lru import LRU

from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.executor import Request, Result
from ..schema.execution.signature import document_signature
from ..schema.execution.usage import request_uses
from ..schema.execution.uses import Use
from ..schema.exposure.log_lines import INDENTATION
from ..schema.exposure.policy import Caller
from ..schema.exposure.resource import Resource

_logger = logging.getLogger(__name__)
_logger.addFilter(INDENTATION)

_LONGEST_NAME = 100

_USE_STORED_EVERY = 300
"""Seconds, for each process, key and IP address."""

_KNOWN_USES = 4096


@dataclass(slots=True)
class LogEntry:
    """What is found out about a request while it is served.

    :param rule: the route's pattern, ``/api/<string:collection>``; empty until it is clear
    :param arguments: what stands in the path for the parts of the pattern
    :param only_reads: whether the route is one that changes nothing, whatever its method is
    :param lookups: names of caches, with whether something was there
    :param is_dry_run: whether nothing is kept of what the request has done
    :param uses: what it has used of what is exposed; None where nobody asks
    """

    rule: str = ""
    arguments: dict = field(default_factory=dict)
    only_reads: bool = False
    resource: Resource | None = None
    graphql_operation: OperationDefinitionNode | None = None
    error_code: str | None = None
    lookups: list[tuple[str, bool]] = field(default_factory=list)
    is_dry_run: bool = False
    uses: set[Use] | None = None

    @property
    def route(self) -> str:
        """The path with the names that an administrator gave; for others it has ``<name>``."""
        resource = self.resource
        known = {resource.collection, *resource.fields, *resource.actions} if resource else ()

        def part(match):
            name = match[1]
            if name == "record_id":
                return "<id>"
            return self.arguments[name] if self.arguments[name] in known else f"<{name}>"

        return re.sub(r"<(?:[^<>:]*:)?(\w+)>", part, self.rule)

    def note_execution(self, schema: BuiltSchema, executed: Request, result: Result) -> None:
        """Take note of whether a document had been prepared before, and of what it has used."""
        if result.prepared_before is not None:
            self.lookups.append(("document", result.prepared_before))
        if self.uses is not None and result.started and executed.parsed is not None:
            self.uses |= request_uses(schema, executed.parsed, executed.variables or {})

    def note_uses(self, *uses: Use) -> None:
        """Take note of what is used without a document."""
        if self.uses is not None:
            self.uses.update(uses)

    @property
    def kind(self) -> str | None:
        """That of a GraphQL operation: query, mutation or subscription."""
        return self.graphql_operation.operation.value if self.graphql_operation else None

    def describe(self, method: str) -> dict[str, str | None]:
        """Return columns of the log that say what was done.

        A GraphQL operation without a name has that of its first fields, and the beginning of its
        document's signature.
        """
        operation = self.graphql_operation
        if operation is None:
            return {"operation": f"{method} {self.route}"}
        signature = document_signature(operation)
        if operation.name:
            name = operation.name.value[:_LONGEST_NAME]
        else:
            selected = operation.selection_set.selections
            names = [each.name.value for each in selected if isinstance(each, FieldNode)]
            name = f"{', '.join(names)[:_LONGEST_NAME]} #{signature[:8]}"
        return {"operation": name, "kind": self.kind, "signature": signature}


def log_after(request, response: Response, caller: Caller | None, entry: LogEntry) -> None:
    """Have a request logged after its response, and the use of its key, where that is wanted.

    A request whose sender is unknown is not logged, or anybody could fill the table.
    """
    if caller is None or not entry.rule:
        return
    logged = caller.policy.log_requests
    used = _is_use_to_store(request.registry, caller, request.httprequest.remote_addr)
    if not logged and not used:
        return
    httprequest = request.httprequest
    # Odoo deletes these when it writes the access log (odoo/netsvc.py, ``PerfFilter``).
    thread: Any = threading.current_thread()
    database = request.db
    bodyless = httprequest.method == "HEAD" or response.status_code in (204, 304)
    values = {
        "started_at": datetime.fromtimestamp(thread.perf_t0, timezone.utc).replace(tzinfo=None),
        "duration": (time() - thread.perf_t0) * 1000,
        "queries": thread.query_count,
        "method": httprequest.method,
        "user_id": caller.uid,
        "key_id": caller.key_id,
        "ip": httprequest.remote_addr,
        "status": response.status_code,
        "error_code": entry.error_code,
        "errors": int(bool(entry.error_code) or response.status_code >= 400),
        "is_dry_run": entry.is_dry_run,
        "size": 0 if bodyless else response.content_length or 0,
    }

    def write():
        try:
            values.update(entry.describe(values["method"]))
            with Registry(database).cursor() as cursor:
                env = api.Environment(cursor, SUPERUSER_ID, {})
                if used:
                    keys = env["graphql_api.key"]
                    keys._store_use(caller.key_id, values["started_at"], values["ip"])
                if logged:
                    key = env["res.users.apikeys"].search([("id", "=", caller.key_id)])
                    values["key_name"] = key.name
                    env["graphql_api.request"].create(values)
            if logged and entry.uses:
                _store_uses(database, caller.policy.id, entry.uses, values["started_at"].date())
        except Exception:
            _logger.warning("A request could not be logged.", exc_info=True)

    call_on_close(response, write)


def _store_uses(database: str, policy_id: int | None, uses: set[Use], day: date) -> None:
    """Store what was used under a policy on a day, unless this process has stored it already."""
    registry = Registry(database)
    stored = vars(registry).setdefault("_graphql_api_stored_uses", {})
    known = stored.get(policy_id)
    if known is None or known[0] != day:
        known = stored[policy_id] = (day, set())
    new = uses - known[1]
    if not new:
        return
    with registry.cursor() as cursor:
        usage = api.Environment(cursor, SUPERUSER_ID, {})["graphql_api.usage"]
        is_stored = usage._store(policy_id, new, day)
    if is_stored:
        known[1].update(new)


def _is_use_to_store(registry, caller: Caller, ip: str | None) -> bool:
    """Tell whether the use of a key is news, once."""
    if caller.policy.id is None:
        return False  # no key of this API
    uses = vars(registry).setdefault("_graphql_api_uses", LRU(_KNOWN_USES))
    now = monotonic()
    if now - uses.get((caller.key_id, ip), -_USE_STORED_EVERY) < _USE_STORED_EVERY:
        return False
    uses[caller.key_id, ip] = now
    return True


def call_on_close(response: Response, function: Callable[[], None]) -> None:
    """Call a function when the WSGI server has sent a response."""
    if response.direct_passthrough:
        # Of such a response werkzeug closes the iterable alone (``Response.get_app_iter``).
        response.response = ClosingIterator(response.response, function)
    else:
        response.call_on_close(function)
