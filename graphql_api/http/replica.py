"""Which transactions run on a replica, and how a client sees there what it has written.

The response to a write says how far the primary's log was when it was committed. A read that
sends this back runs on the replica only if the replica has replayed the log that far, else on the
primary. Without it a read may see what the primary had a replica lag ago.
"""

import contextlib
import re

import psycopg2

from odoo.http import HTTPRequest, Response, request
from odoo.tools import SQL, config

from ..schema.exposure.errors import ApiError

HEADER = "Consistency-Token"
"""Of responses to writes, and of reads that have to see them; clients return it as it is."""

_TOKEN = re.compile(r"[0-9A-F]{1,8}/[0-9A-F]{1,8}")


def has_replica() -> bool:
    """Tell whether Odoo is configured with a replica."""
    return bool(config["db_replica_host"])


def read_token(httprequest: HTTPRequest) -> str | None:
    """Return the token that a request sends.

    :raise ApiError: BAD_USER_INPUT for what is none
    """
    token = httprequest.headers.get(HEADER)
    if token is not None and not _TOKEN.fullmatch(token):
        raise ApiError(
            "BAD_USER_INPUT",
            f"Send {HEADER} exactly as an earlier response had it, or leave it out.",
            argument=HEADER,
        )
    return token


def may_serve() -> bool:
    """Tell whether the request's cursor shows all that it has to; one on the primary always does.

    To be called before the request's transaction begins (odoo/http.py, ``readonly`` of a route).
    """
    cursor = request.env.cr
    if not (has_replica() and cursor.readonly):
        return True
    try:
        token = read_token(request.httprequest)
    except ApiError:
        return True  # and is refused there
    if token is None:
        return True
    position = SQL("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", token)
    ((replayed,),) = request.env.execute_query(position)
    # What the transaction sees was fixed by its first statement, which was before.
    cursor.rollback()
    request.dispatcher.replica_lagged = not replayed
    return bool(replayed)


def reads(_controller, _rule, _arguments) -> bool:
    """Decide for a route that only reads whether it may do so on a replica."""
    return may_serve()


def announce_position(cursor, response: Response) -> None:
    """Have a response say how far its transaction has seen the primary's log.

    A client that goes on from there, on a replica that lags behind, would miss something.
    """
    if has_replica():
        cursor.execute(
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() "
            "ELSE pg_current_wal_insert_lsn() END"
        )
        response.headers[HEADER] = cursor.fetchone()[0]


def announce(cursor, response: Response) -> None:
    """Have the response to a write say, once it is committed, where the primary's log is."""
    if cursor.readonly or not has_replica():
        return

    def add():
        # What is committed stays so, whatever happens now.
        with contextlib.suppress(psycopg2.Error):
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            response.headers[HEADER] = cursor.fetchone()[0]

    cursor.postcommit.add(add)
