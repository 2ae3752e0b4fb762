"""Positions in the change log: snapshots of PostgreSQL, and how far back they may lie.

A position is a ``pg_snapshot``. Changes since then are those of transactions which it does not show
and which the present transaction does: one that was open then and has been committed since is among
them, whenever its statements ran.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from odoo.tools import SQL

from .log_table import LOG, MARKS, take_turn

_PRUNED_AT_ONCE = 10_000

_SYSTEM = SQL("(SELECT system_identifier FROM pg_control_system())")

_CLUSTER = SQL(
    "%s || ':' || (SELECT oid FROM pg_database WHERE datname = current_database())", _SYSTEM
)
"""Transaction numbers are those of one cluster; a database in it is another one after a restore."""

_TIMELINE = SQL("left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)")
"""After a restore to a time in the past, or after a replica has taken over, numbers are used again
for other transactions."""


class Now(NamedTuple):
    """What of a request's transaction tokens are about.

    :param snapshot: a ``pg_snapshot`` in which nothing is visible that the transaction does not see
    :param cluster: identifies the database whose transactions have these numbers
    :param horizon: the number of the first transaction whose changes are kept for certain
    """

    snapshot: str
    cluster: str
    horizon: str


def now(env: Any) -> Now:
    """Return the position of the transaction, which has one snapshot for all of its statements.

    What the transaction itself has written is not visible in it.
    """
    if env.cr.readonly:
        snapshot, cluster, horizon = _read_on_replica(env)
    else:
        snapshot, start, oid, timeline, horizon = _read_on_primary(env)
        cluster = f"{env['graphql_api.change.log']._get_system(start)}:{oid}:{timeline}"
    # Configuration, the same for every caller, hence sudo.
    uuid = env["ir.config_parameter"].sudo().get_param("database.uuid")
    return Now(snapshot, f"{cluster}:{uuid}" if cluster and uuid else "", horizon or "0")


def _read_on_primary(env: Any) -> tuple[str, str, str, str, str | None]:
    """Read the position, when the server was started, and what the database is called in it.

    That the server's own identifier is not among it halves the time.
    """
    (row,) = env.execute_query(
        SQL(
            """
            SELECT pg_current_snapshot()::text, pg_postmaster_start_time()::text,
                (SELECT oid::text FROM pg_database WHERE datname = current_database()),
                %(timeline)s,
                (SELECT transaction::text FROM %(marks)s ORDER BY transaction LIMIT 1)
            """,
            timeline=_TIMELINE,
            marks=SQL.identifier(MARKS),
        )
    )
    return row


def _read_on_replica(env: Any) -> tuple[str, str | None, str | None]:
    """Read the position on a replica, or on the primary in its place.

    On a replica the list of open transactions is not known (pg_current_snapshot leaves it out
    during recovery), so all from the oldest one on count as open.
    """
    (row,) = env.execute_query(
        SQL(
            """
            SELECT
                CASE WHEN pg_is_in_recovery() THEN oldest || ':' || oldest || ':'
                    ELSE pg_current_snapshot()::text END,
                CASE WHEN pg_is_in_recovery() THEN mark.cluster
                    ELSE %(cluster)s || ':' || %(timeline)s END,
                (SELECT transaction::text FROM %(marks)s ORDER BY transaction LIMIT 1)
            FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS oldest) AS position
            LEFT JOIN (SELECT cluster FROM %(marks)s ORDER BY create_date DESC LIMIT 1) AS mark
                ON true
            """,
            cluster=_CLUSTER,
            timeline=_TIMELINE,
            marks=SQL.identifier(MARKS),
        )
    )
    return row


def read_system(env: Any) -> str:
    """Return the identifier of the database server, which it has from when it was made."""
    ((system,),) = env.execute_query(SQL("SELECT %s::text", _SYSTEM))
    return system


def is_logged_since(env: Any, tables: Iterable[str], since: str, horizon: str) -> bool:
    """Tell whether all changes of tables since a position are in the log.

    :param tables: names; what is not followed at all is left out of account
    :param horizon: that of the transaction
    """
    ((is_kept,),) = env.execute_query(
        SQL(
            """
            SELECT pg_snapshot_xmin(%(since)s::pg_snapshot) >= %(horizon)s::xid8
                AND NOT EXISTS (
                    SELECT FROM graphql_api_change_table
                    WHERE name = ANY(%(tables)s)
                        AND NOT pg_visible_in_snapshot(since, %(since)s::pg_snapshot)
                )
            """,
            since=since,
            horizon=horizon,
            tables=list(tables),
        )
    )
    return is_kept


def check_cluster(env: Any) -> None:
    """Begin the log anew where its transaction numbers are those of another cluster or database.

    :raise psycopg2.errors.SerializationFailure: another transaction has done so meanwhile
    """
    ((cluster, timeline),) = env.execute_query(SQL("SELECT %s, %s", _CLUSTER, _TIMELINE))
    marks = env.execute_query(
        SQL("SELECT cluster FROM %s ORDER BY create_date DESC LIMIT 1", SQL.identifier(MARKS))
    )
    present = f"{cluster}:{timeline}"
    if marks == [(present,)]:
        return
    take_turn(env)
    if not marks or marks[0][0].rpartition(":")[0] != cluster:
        env.cr.execute(SQL("TRUNCATE %s, %s", SQL.identifier(LOG), SQL.identifier(MARKS)))
        env.cr.execute(SQL("UPDATE graphql_api_change_table SET since = pg_current_xact_id()"))
    _add_mark(env, present)


def _add_mark(env: Any, cluster: str) -> None:
    env.cr.execute(
        SQL(
            "INSERT INTO %s VALUES (pg_snapshot_xmin(pg_current_snapshot()), "
            "clock_timestamp() AT TIME ZONE 'UTC', %s)",
            SQL.identifier(MARKS),
            cluster,
        )
    )


def prune(env: Any, days: int) -> tuple[int, int]:
    """Remove a batch of the changes that were made more than some days ago.

    :return: how many were removed, and 1 where more may remain
    """
    check_cluster(env)
    marks = SQL.identifier(MARKS)
    ((is_due, cluster, horizon),) = env.execute_query(
        SQL(
            """
            SELECT max(create_date) < now() AT TIME ZONE 'UTC' - interval '1 hour',
                (SELECT cluster FROM %(marks)s ORDER BY create_date DESC LIMIT 1),
                (SELECT transaction::text FROM %(marks)s
                    WHERE create_date < now() AT TIME ZONE 'UTC' - %(days)s * interval '1 day'
                    ORDER BY transaction DESC LIMIT 1)
            FROM %(marks)s
            """,
            marks=marks,
            days=days,
        )
    )
    if is_due:
        _add_mark(env, cluster)
    if horizon is None:
        return 0, 0
    # In one transaction with the rows: whoever sees them gone sees that they were pruned.
    env.cr.execute(SQL("DELETE FROM %s WHERE transaction < %s::xid8", marks, horizon))
    env.cr.execute(
        SQL(
            """
            WITH RECURSIVE names AS (
                (SELECT table_name FROM %(log)s ORDER BY table_name LIMIT 1)
                UNION ALL
                SELECT (SELECT table_name FROM %(log)s WHERE table_name > names.table_name
                    ORDER BY table_name LIMIT 1)
                FROM names WHERE names.table_name IS NOT NULL
            )
            DELETE FROM %(log)s WHERE ctid = ANY (ARRAY(
                SELECT old.ctid FROM names CROSS JOIN LATERAL (
                    SELECT ctid FROM %(log)s
                    WHERE table_name = names.table_name AND transaction < %(horizon)s::xid8
                    LIMIT %(count)s
                ) AS old LIMIT %(count)s
            ))
            """,
            log=SQL.identifier(LOG),
            horizon=horizon,
            count=_PRUNED_AT_ONCE,
        )
    )
    removed = env.cr.rowcount
    return removed, int(removed == _PRUNED_AT_ONCE)


def log_size(env: Any) -> int:
    """Return the bytes that the log takes, its index included."""
    ((size,),) = env.execute_query(SQL("SELECT pg_total_relation_size(%s::regclass)", LOG))
    return size
