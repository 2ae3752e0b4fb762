"""What has changed since a position in the change log."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.graphql_api.schema.extension import ApiError, Context, Resource

from . import positions
from .dependencies import Dependency, add_path, relation_columns
from .followed_tables import followed_columns
from .log_table import LOG
from .tokens import Snapshot, find_visibility


class Changes(NamedTuple):
    """Records of a resource that may have changed.

    :param ids: in ascending order; nobody has checked which of them the caller may see
    :param page: where the next page goes on, None where there is none
    """

    ids: list[int]
    page: Snapshot | None


def find_changes(
    context: Context,
    resource: Resource,
    snapshot: Snapshot,
    fields: Iterable[str] = (),
    limit: int = 1000,
    domain: Domain = Domain.TRUE,
    archived: bool = False,
    until: str | None = None,
) -> Changes:
    """Return the ids of the records of a list that may have changed since a position.

    Among them are those that have been deleted, that were not in the list and come into it, and
    that have left it. A record may be among them and have the same values as before.

    :param snapshot: see :func:`.tokens.read_token`
    :param fields: Odoo's names of the fields that are asked for, with points between them where
        they are of other records: a change of these counts, as far as it is logged
    :param limit: how many records
    :param until: the ``pg_snapshot`` of this transaction, to go on from after the last page
    :raise ApiError: RESYNC_REQUIRED where it cannot be told which records are concerned
    """
    env = context.env
    since = SQL("%s::pg_snapshot", snapshot.since)
    seen = find_visibility(context, resource, domain, archived)
    root = seen.dependency
    for path in fields:
        add_path(root, path)
    changed = _find_changed(env, root.all_logged(), since)
    if changed & root.all_named():
        raise ApiError(
            "RESYNC_REQUIRED",
            "Records have changed that decide which others you may see. Ask without since for a "
            "new token, then read all records again.",
            argument="since",
        )
    # Searched all the same: whether a hidden record has changed must not show in the queries.
    query = _affected(root, changed, since) or SQL("SELECT 0 WHERE FALSE")
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT record_id FROM (%s) AS changed (record_id) WHERE record_id > %s "
            "ORDER BY record_id LIMIT %s",
            query,
            snapshot.after,
            limit + 1,
        )
    )
    ids = [record_id for (record_id,) in rows]
    if len(ids) <= limit:
        return Changes(ids, None)
    ids = ids[:limit]
    return Changes(ids, snapshot._replace(until=snapshot.until or until, after=ids[-1]))


class LoggedChange(NamedTuple):
    """A record that a transaction has changed.

    :param table: the name of its table
    :param record_id: 0 where the table has been emptied at once
    :param kind: insert, update, delete or truncate
    """

    table: str
    record_id: int
    kind: str


def read_log(
    env: Any, tables: Iterable[str], since: str, limit: int = 10_000
) -> list[LoggedChange] | None:
    """Return what has changed in followed tables since a position, without regard to rights.

    Each change of a record is there once, however often it was made.

    :param tables: their names
    :param since: ``snapshot`` of :func:`.positions.now`, in an earlier transaction
    :param limit: how many changes at most; where there are more, ask for fewer tables
    :return: in no order; None where not all of it is in the log: a table is not followed since
        then, or the position is older than the log
    """
    names = list(set(tables))
    followed = {logged.table for logged in followed_columns(env) if logged.column.name == "id"}
    horizon = positions.now(env).horizon
    if not followed.issuperset(names) or not positions.is_logged_since(env, names, since, horizon):
        return None
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT table_name, record_id, kind FROM %(log)s "
            "WHERE table_name = ANY(%(names)s) "
            "AND transaction >= pg_snapshot_xmin(%(since)s::pg_snapshot) "
            "AND NOT pg_visible_in_snapshot(transaction, %(since)s::pg_snapshot) LIMIT %(limit)s",
            log=SQL.identifier(LOG),
            names=names,
            since=since,
            limit=limit,
        )
    )
    return [LoggedChange(*row) for row in rows]


def _find_changed(env: Any, logged: Collection[str], since: SQL) -> set[str]:
    """Return those of the names in the log under which there are changes.

    :raise ApiError: RESYNC_REQUIRED where a table has been emptied at once
    """
    # The limits keep PostgreSQL to the index, also before it knows how the log has grown.
    rows = env.execute_query(
        SQL(
            """
            SELECT name, (SELECT true FROM (%(rows)s AND kind = 'truncate' LIMIT 1) AS emptied)
            FROM unnest(%(names)s) AS name CROSS JOIN LATERAL (%(rows)s LIMIT 1) AS changed
            """,
            names=list(logged),
            rows=log_rows(SQL("name"), since),
        )
    )
    if any(is_emptied for _name, is_emptied in rows):
        raise ApiError(
            "RESYNC_REQUIRED",
            "All records have been deleted at once. Ask without since for a new token, then read "
            "all records again.",
            argument="since",
        )
    return {name for name, _is_emptied in rows}


def log_rows(name: SQL, since: SQL) -> SQL:
    """Return the query for the ids that are in the log since a position."""
    return SQL(
        "SELECT record_id FROM %(log)s WHERE table_name = %(name)s "
        "AND transaction >= pg_snapshot_xmin(%(since)s) "
        "AND NOT pg_visible_in_snapshot(transaction, %(since)s)",
        log=SQL.identifier(LOG),
        name=name,
        since=since,
    )


def _affected(node: Dependency, changed: set[str], since: SQL) -> SQL | None:
    """Return the query for the ids of a node's records that changes may concern, None for none."""
    table = node.model._table
    parts = []
    if table in changed:
        parts.append(log_rows(SQL("%s", table), since))
    for name, target in node.relations.items():
        for logged in relation_columns(node.model, name):
            link = logged.column.logged_as
            if link != table and link in changed:
                parts.append(log_rows(SQL("%s", link), since))
        reached = _affected(target, changed, since)
        if reached is not None:
            parts.append(_referring(node.model, name, reached))
    return SQL(" UNION ").join(parts) if parts else None


def _referring(model: Any, name: str, ids: SQL) -> SQL:
    """Return the query for the records of a model whose relation leads to some of the ids."""
    relation = model._fields[name]
    if relation.type == "many2many":
        source, column, target = relation.relation, relation.column1, relation.column2
    elif relation.type == "one2many":
        source = model.env[relation.comodel_name]._table
        column, target = relation.inverse_name, "id"
    else:
        source, column, target = model._table, "id", name
    return SQL(
        "SELECT %(column)s FROM %(source)s WHERE %(target)s IN (%(ids)s) "
        "AND %(column)s IS NOT NULL",
        column=SQL.identifier(column),
        source=SQL.identifier(source),
        target=SQL.identifier(target),
        ids=ids,
    )
