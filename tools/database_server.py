"""Databases as PostgreSQL sees them, together with their Odoo filestore.

A database's comment holds the hash of what it was made from. It is written last, so a
database without the right comment is unfinished or out of date.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg2
from passlib.hash import pbkdf2_sha512
from psycopg2 import sql

from tools.paths import DATA
from tools.postgres_server import Server
from tools.progress import StepFailed

_API_KEY_INDEX = 8  # the part of a key that Odoo keeps readable


@contextlib.contextmanager
def cursor(server: Server, database: str) -> Iterator:
    """Yield a cursor of psycopg2 on a database; each statement is committed by itself."""
    try:
        connection = psycopg2.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname=database,
            connect_timeout=10,
        )
    except psycopg2.OperationalError as error:
        raise StepFailed(
            f"PostgreSQL at {server.host}:{server.port} refused: {error}".strip()
        ) from None
    connection.autocommit = True  # CREATE DATABASE wants no transaction
    try:
        with connection.cursor() as opened:
            yield opened
    finally:
        connection.close()


def _execute(server: Server, statement: str, *names: str, **values: object) -> None:
    identifiers = map(sql.Identifier, names)
    with cursor(server, "postgres") as opened:
        opened.execute(sql.SQL(statement).format(*identifiers), values)


def filestore(database: str) -> Path:
    """Return the folder of a database's attachments."""
    return DATA / "filestore" / database


def origin(server: Server, database: str) -> str | None:
    """Return the hash that a database was made from, None when it is not usable."""
    with cursor(server, "postgres") as opened:
        opened.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [database],
        )
        row = opened.fetchone()
    return row[0] if row and filestore(database).is_dir() else None


def names(server: Server) -> list[str]:
    """Return the names of the databases that are usable, without templates and those of tests."""
    with cursor(server, "postgres") as opened:
        opened.execute(
            "SELECT datname FROM pg_database "
            "WHERE shobj_description(oid, 'pg_database') IS NOT NULL ORDER BY datname"
        )
        found = [name for (name,) in opened.fetchall()]
    return [name for name in found if "graphql_api_" not in name and filestore(name).is_dir()]


def set_origin(server: Server, database: str, inputs: str) -> None:
    """Note that a database is complete."""
    _execute(server, "COMMENT ON DATABASE {} IS %(inputs)s", database, inputs=inputs)


def drop(server: Server, database: str) -> None:
    """Drop a database and its filestore, if they are there."""
    _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
    shutil.rmtree(filestore(database), ignore_errors=True)


def copy(server: Server, template: str, database: str) -> None:
    """Make a database from a template, replacing it."""
    drop(server, database)
    with cursor(server, "postgres") as opened:
        # PostgreSQL copies a database only while nobody is connected to it.
        opened.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [template],
        )
    _execute(server, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", database, template)
    copy_filestore(template, database)


def copy_filestore(template: str, database: str) -> None:
    """Give a database the attachments of another one."""
    # Odoo never changes a file of the filestore: both databases can share them.
    shutil.copytree(filestore(template), filestore(database), copy_function=os.link)


def rename(server: Server, database: str, name: str) -> None:
    """Give a database and its filestore another name, replacing one of that name."""
    drop(server, name)
    _execute(server, "ALTER DATABASE {} RENAME TO {}", database, name)
    filestore(database).rename(filestore(name))


def uninstalled(server: Server, database: str, modules: list[str]) -> list[str]:
    """Return those of ``modules`` that are not installed in a database."""
    with cursor(server, database) as opened:
        opened.execute(
            "SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)",
            [modules],
        )
        installed = {row[0] for row in opened.fetchall()}
    return [name for name in modules if name not in installed]


def set_report_url(server: Server, database: str, url: str) -> None:
    """Tell Odoo where wkhtmltopdf reaches it, for the styles and images of reports.

    Odoo would take the address under which an administrator has last signed in. It keeps what it
    has read: call this before it starts.
    """
    with cursor(server, database) as opened:
        opened.execute(
            "INSERT INTO ir_config_parameter (key, value) VALUES ('report.url', %s) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [url],
        )


def version(server: Server) -> str:
    """Return the version of the PostgreSQL server."""
    with cursor(server, "postgres") as opened:
        opened.execute("SHOW server_version")
        return opened.fetchone()[0]


def has_api_key(server: Server, database: str, login: str, key: str) -> bool:
    """Tell whether an Odoo API key is valid for the user."""
    with cursor(server, database) as opened:
        opened.execute(
            """
            SELECT k.key FROM res_users_apikeys k JOIN res_users u ON u.id = k.user_id
            WHERE u.active AND u.login = %s AND k.index = %s AND k.scope IS NULL
              AND (k.expiration_date IS NULL
                   OR k.expiration_date > now() AT TIME ZONE 'utc' + interval '1 day')
            """,
            [login, key[:_API_KEY_INDEX]],
        )
        return any(pbkdf2_sha512.verify(key, row[0]) for row in opened.fetchall())
