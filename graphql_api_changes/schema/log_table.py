"""The tables of the change log, and the functions and triggers of PostgreSQL that fill it.

``graphql_api_change_log`` has a row for each change: ``table_name``, ``record_id``, ``kind``
(``insert``, ``update``, ``delete`` or ``truncate``) and ``transaction``, the number of the
transaction that made it. A statement that changes many rows appends theirs by one ``INSERT``.

A followed table has one function and four triggers, one for each kind of statement. The function
appends a row for a :class:`Column` of each changed row: its id under the name of its table, and
where the table links records of others, their ids under the names that those are followed by.

``graphql_api_change_mark`` has the positions from which the log is kept: changes of transactions
before the oldest mark may be pruned.

``graphql_api_change_turn`` has one row, by which transactions take turns (:func:`take_turn`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from odoo.tools import SQL

LOG = "graphql_api_change_log"
MARKS = "graphql_api_change_mark"
_TURN = "graphql_api_change_turn"

_PREFIX = "graphql_api_log_"
_EVENTS = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
    "truncate": "",
}
"""Kind of a change -> the rows that its trigger sees."""

_MAX_NAME = 63  # bytes of an identifier of PostgreSQL


class Column(NamedTuple):
    """A column whose values are logged as ids.

    :param logged_as: ``table_name`` of the rows in the log; the name of a table where the ids are
        of records that have changed themselves, else table and column with a point between them
    :param name: of the column
    """

    logged_as: str
    name: str


Columns = Mapping[str, frozenset[Column]]
"""Name of a table -> the columns of it that are logged."""


def link_name(table: str, column: str) -> str:
    """Return what the records are logged as that rows of a table refer to by a column."""
    return f"{table}.{column}"


def create_tables(env: Any) -> None:
    """Make the tables of the log where they are missing."""
    # Rows have no id of their own: nothing refers to them, and its index would cost each change.
    env.cr.execute(
        SQL(
            """
            CREATE TABLE IF NOT EXISTS %(log)s (
                table_name varchar NOT NULL,
                record_id int4 NOT NULL,
                kind varchar NOT NULL,
                transaction xid8 NOT NULL
            );
            CREATE INDEX IF NOT EXISTS %(index)s ON %(log)s (table_name, transaction);
            CREATE TABLE IF NOT EXISTS %(marks)s (
                transaction xid8 NOT NULL,
                create_date timestamp NOT NULL,
                cluster varchar NOT NULL
            );
            CREATE TABLE IF NOT EXISTS %(turn)s (number bigint NOT NULL);
            INSERT INTO %(turn)s SELECT 0 WHERE NOT EXISTS (SELECT FROM %(turn)s);
            """,
            log=SQL.identifier(LOG),
            index=SQL.identifier(f"{LOG}__position"),
            marks=SQL.identifier(MARKS),
            turn=SQL.identifier(_TURN),
        )
    )


def drop_all(env: Any) -> None:
    """Remove the triggers, their functions and the tables of the log."""
    for table in find_logged(env):
        drop_triggers(env, table)
    tables = SQL(", ").join(map(SQL.identifier, (LOG, MARKS, _TURN)))
    env.cr.execute(SQL("DROP TABLE IF EXISTS %s", tables))


def find_logged(env: Any) -> dict[str, str]:
    """Return the tables that have all triggers, each with the body of its function.

    Of a table with some of them, or with triggers that are disabled, the body is empty.
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT c.relname, min(p.prosrc),
                count(*) FILTER (WHERE t.tgenabled = 'O' AND p.oid = t.tgfoid)
            FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE c.relnamespace = current_schema::regnamespace
                AND NOT t.tgisinternal AND starts_with(t.tgname, %s)
            GROUP BY c.relname
            """,
            _PREFIX,
        )
    )
    return {table: body if count == len(_EVENTS) else "" for table, body, count in rows}


def has_log(env: Any) -> bool:
    """Tell whether the tables of the log are there, as after installing the addon."""
    ((found,),) = env.execute_query(SQL("SELECT to_regclass(%s) IS NOT NULL", MARKS))
    return found


def take_turn(env: Any) -> None:
    """Let this transaction alone change what is logged, and from when on, until it ends.

    Triggers that another one has made meanwhile it would not see, and make them once more.

    :raise psycopg2.errors.SerializationFailure: another one has changed it since this one began;
        what a request does is repeated by Odoo then
    """
    env.cr.execute(SQL("UPDATE %s SET number = number + 1", SQL.identifier(_TURN)))


def create_triggers(env: Any, table: str, columns: Iterable[Column]) -> None:
    """Have changes of a table logged, by these columns and no others.

    The table is locked for writing until the transaction ends.
    """
    drop_triggers(env, table)
    function = SQL.identifier(_function_name(table))
    env.cr.execute(
        SQL(
            "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql "
            # Whoever may write to the table need not be allowed to write to the log.
            "SECURITY DEFINER AS %s",
            function,
            function_body(env, table, columns),
        )
    )
    for event, rows in _EVENTS.items():
        env.cr.execute(
            SQL(
                "CREATE TRIGGER %s AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %s()",
                SQL.identifier(_PREFIX + event),
                SQL(event),
                SQL.identifier(table),
                SQL(f"REFERENCING {rows}" if rows else ""),
                function,
            )
        )


def drop_triggers(env: Any, table: str) -> None:
    """Have changes of a table logged no more."""
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", SQL.identifier(_function_name(table))))


def function_body(env: Any, table: str, columns: Iterable[Column]) -> str:
    """Return the PL/pgSQL that appends the changes of a statement to the log."""
    # Names are qualified: the function runs under the search path of whoever changes the table.
    ((schema,),) = env.execute_query(SQL("SELECT quote_ident(current_schema())"))
    log = f'{schema}."{LOG}"'
    columns = sorted(columns)
    branches = []
    for event in _EVENTS:
        selects = " UNION ALL ".join(_select(table, column, event) for column in columns)
        branches.append(f"TG_OP = '{event.upper()}' THEN INSERT INTO {log} {selects};")
    return "BEGIN IF " + " ELSIF ".join(branches) + " END IF; RETURN NULL; END"


def _select(table: str, column: Column, event: str) -> str:
    """Return the query for rows of the log about one column of what a statement changed."""
    name = f'"{column.name}"'
    is_own = column == Column(table, "id")
    kind = event if is_own or event == "truncate" else "update"
    if event == "truncate":
        return f"SELECT '{column.logged_as}', 0, '{kind}', pg_current_xact_id()"
    if event == "update":
        # What a row referred to before it was changed counts, too.
        source = f"(SELECT {name} FROM new_rows UNION SELECT {name} FROM old_rows)"
    elif is_own:
        source = "new_rows" if event == "insert" else "old_rows"
    else:
        rows = "new_rows" if event == "insert" else "old_rows"
        source = f"(SELECT DISTINCT {name} FROM {rows})"
    return (
        f"SELECT '{column.logged_as}', {name}, '{kind}', pg_current_xact_id() "
        f"FROM {source} AS changed WHERE {name} IS NOT NULL"
    )


def _function_name(table: str) -> str:
    name = _PREFIX + table
    if len(name) <= _MAX_NAME:
        return name
    digest = hashlib.sha256(table.encode()).hexdigest()[:8]
    return f"{name[: _MAX_NAME - 9]}_{digest}"
