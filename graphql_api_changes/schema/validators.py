"""Validators of responses: positions in the change log, for all that a request reads.

Where no table that a request reads has changed since its last response, the response is the same,
and is not made again (RFC 9110, 8.8.3 and 13.1.2). That holds only for what is in tables: a request
that reads a value which Odoo computes for each request has no validator.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL, consteq, hmac

from odoo.addons.graphql_api.schema.extension import (
    DISPLAY_NAME,
    READ_FIELD,
    Context,
    Resource,
    Use,
    Validators,
)

from . import positions
from .change_log import log_rows
from .dependencies import Dependency, add_path, compares_with_now, filter_paths
from .followed_tables import followed_columns, missing_tables
from .rights_stamp import digest, rights_stamp
from .tokens import find_visibility

_SCOPE = "graphql_api_changes.validator"

_ELSEWHERE = ("binary", "image", "properties", "properties_definition")
"""Types of fields whose values are not, or not alone, in the table of the model."""

_COMPOSED = ("res.partner",)
"""Models that compose their display names of what they say it depends on."""

_POSITION = re.compile(r"\d{1,20}\.\d{1,20}\.(?:\d{1,20}(?:_\d{1,20})*)?")

_MOST_OPEN = 50
"""Transactions that a validator lists; where more are open, all from the oldest one on count as
open: it holds less often."""


class Reads(NamedTuple):
    """What a request reads.

    :param tables: that have to be followed
    :param names: under which their changes are in the log
    """

    tables: frozenset[str]
    names: frozenset[str]


class LogValidators(Validators):
    """Validators of one request.

    :param reads: of :func:`find_reads`
    :param subject: what the response is of: the request, and the rights of who asks
    """

    def __init__(self, env: Any, reads: Reads, subject: str):
        self._env = env
        self._reads = reads
        self._subject = subject

    @cached_property
    def _now(self) -> positions.Now:
        return positions.now(self._env)

    def holds(self, validator: str) -> bool:
        position, _dot, signature = validator.rpartition(".")
        if not (_POSITION.fullmatch(position) and consteq(signature, self._sign(position))):
            return False
        ((is_unchanged,),) = self._env.execute_query(
            SQL(
                """
                SELECT pg_snapshot_xmin(since) >= %(horizon)s::xid8
                    AND (
                        SELECT count(*) FROM graphql_api_change_table AS followed
                        WHERE name = ANY(%(tables)s)
                            AND pg_visible_in_snapshot(followed.since, position.since)
                    ) = %(count)s
                    -- The limit keeps PostgreSQL to the index.
                    AND NOT EXISTS (
                        SELECT FROM unnest(%(names)s) AS name
                        CROSS JOIN LATERAL (%(rows)s LIMIT 1) AS changed
                    )
                FROM (SELECT %(position)s::pg_snapshot AS since) AS position
                """,
                horizon=self._now.horizon,
                rows=log_rows(SQL("name"), SQL("position.since")),
                tables=list(self._reads.tables),
                count=len(self._reads.tables),
                names=list(self._reads.names),
                position=_from_tag(position),
            )
        )
        return is_unchanged

    def make(self) -> str | None:
        position = _to_tag(self._now.snapshot)
        return f"{position}.{self._sign(position)}"

    def _sign(self, position: str) -> str:
        message = (position, self._subject, self._now.cluster)
        return hmac(self._env(su=True), _SCOPE, message)[:24]


def find_validators(context: Context, uses: Iterable[Use], scope: str) -> LogValidators | None:
    """Return the validators of a request, None where its response may change without the log.

    :param uses: all that it reads
    :param scope: a digest of what it asks for
    """
    fields: dict[str, set[str]] = defaultdict(set)
    for type_name, kind, name in uses:
        if kind not in ("read", READ_FIELD) or type_name not in context.resources:
            return None
        fields[type_name].add(name)
    if not fields:
        return None
    resources = [context.resources[name] for name in sorted(fields)]
    time_zone = context.env.context.get("tz")
    subject = digest((scope, time_zone, rights_stamp(context, resources)))
    kept = context.env["graphql_api.change.log"]._get_kept_reads()
    if subject not in kept:
        kept[subject] = _find_reads(context, fields)
    reads = kept[subject]
    return LogValidators(context.env, reads, subject) if reads else None


def _find_reads(context: Context, fields: dict[str, set[str]]) -> Reads | None:
    """Return what is read, None where not all of it is followed.

    :param fields: REST names of the fields that are read, by type name; an empty name for none
    """
    tables: set[str] = set()
    names: set[str] = set()
    followed = {column.table for column in followed_columns(context.env)}
    for type_name, read in fields.items():
        resource = context.resources[type_name]
        if _depends_on_time(context, resource):
            return None
        root = find_visibility(context, resource, Domain.TRUE, archived=True).dependency
        if not all(_add_field(root, resource, name) for name in read if name):
            return None
        if missing_tables(context.env, root):
            return None
        # What else looks like the name of a table is none.
        tables |= root.all_tables() & followed
        names |= root.all_logged()
    return Reads(frozenset(tables), frozenset(names))


def _depends_on_time(context: Context, resource: Resource) -> bool:
    """Tell whether the clock alone may change which records of a resource the caller sees."""
    domains = [
        context.env["ir.rule"]._compute_domain(resource.model, "read"),
        Domain(list(resource.domain)),
    ]
    record_filter = context.policy.filters.get(resource.type_name)
    if record_filter is not None:
        if record_filter.compares_dates or "today" in record_filter.variables:
            return True
        domains.append(filter_paths(record_filter))
    return any(map(compares_with_now, domains))


def _add_field(root: Dependency, resource: Resource, name: str) -> bool:
    """Add what a field is read from; tell whether that is all in tables."""
    model = root.model
    if name == DISPLAY_NAME:
        if model._name not in _COMPOSED and (
            type(model)._compute_display_name is not BaseModel._compute_display_name
        ):
            return False
        add_path(root, DISPLAY_NAME)
        return model._rec_name is not None and model._fields[model._rec_name].store
    field = resource.fields.get(name)
    if field is None or field.shows_name or field.type in _ELSEWHERE:
        return False
    add_path(root, field.field)
    return _is_stored(model, field.field)


def _is_stored(model: BaseModel, path: str) -> bool:
    """Tell whether a field is in a table, as is all that leads to it."""
    name, _dot, rest = path.partition(".")
    field = model._fields[name]
    if field.company_dependent:
        return False
    if not field.store and not (field.related and _is_stored(model, field.related)):
        return False
    return not rest or _is_stored(model.env[field.comodel_name], rest)


def _to_tag(snapshot: str) -> str:
    """Return a position as it may stand in an entity tag."""
    oldest, _next, others = snapshot.split(":")
    if others.count(",") >= _MOST_OPEN:
        snapshot = f"{oldest}:{oldest}:"
    return snapshot.replace(":", ".").replace(",", "_")


def _from_tag(position: str) -> str:
    return position.replace(".", ":").replace("_", ",")
