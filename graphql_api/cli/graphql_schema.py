"""``odoo graphql_schema``: what a database serves, for a repository to keep."""

import sys
from pathlib import Path

import orjson
import psycopg2

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules import Manifest
from odoo.modules.db import is_initialized
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools import config

_MODULE = "graphql_api"
_FAILED = 2  # the exit code of argparse for arguments that do not fit


class GraphqlSchema(Command):
    """Print the GraphQL schema or the OpenAPI document of a database.

    Without a policy there is everything that is exposed. The text is the same each time, until
    what is exposed changes: keep it in a repository, and compare.

    The schema is what GET /api/graphql/schema.graphql answers to a key without a policy, or with
    the policy. GET /api/openapi.json leaves out what the user of the key may not do; here nobody
    asks, and the document has all that any user may get, indented to be compared line by line.
    """

    name = "graphql_schema"
    epilog = """\
    The text goes to standard output, the log to standard error. The exit code is 2 where the
    database, the policy or the addon in the database is missing.
    """

    def __init__(self):
        super().__init__()
        add = self.parser.add_argument
        add("-c", "--config", metavar="FILE", help="configuration file of Odoo")
        add("-d", "--database", metavar="NAME", help="database, by default the configured one")
        add(
            "--format",
            choices=["graphql", "openapi"],
            default="graphql",
            help="the schema in GraphQL's schema definition language (default), or the OpenAPI "
            "document of the REST routes",
        )
        add("--policy", metavar="NAME", help="only what keys with this policy can use")
        add("-o", "--output", metavar="FILE", type=Path, help="write to a file")

    def run(self, cmdargs):
        """Print the text, or write it to a file.

        :raise SystemExit: with code 2 and a sentence
        """
        arguments = self.parser.parse_args(cmdargs)
        options = ["--no-http"]
        if arguments.config:
            options.append(f"--config={arguments.config}")
        if arguments.database:
            options.append(f"--database={arguments.database}")
        config.parse_config(options, setup_logging=True)
        if len(config["db_name"]) != 1:
            self._fail("name one database with -d.")
        (database,) = config["db_name"]
        self._check_installed(database)
        with Registry(database).cursor(readonly=True) as cursor:
            env = Environment(cursor, SUPERUSER_ID, {})
            policy = env["graphql_api.policy"]._get_policy(self._find_policy(env, arguments.policy))
            schema = env["graphql_api.schema"]._get_schema(policy.rights)
            if arguments.format == "graphql":
                content = schema.sdl.plain()
            else:
                content = _openapi(schema, schema.context(env, policy=policy))
        if arguments.output is None:
            sys.stdout.buffer.write(content)
            return
        try:
            arguments.output.write_bytes(content)
        except OSError as error:
            self._fail(f"{arguments.output} cannot be written: {error.strerror}.")

    def _check_installed(self, database: str) -> None:
        """Look before the registry is loaded, which takes seconds."""
        try:
            with db_connect(database).cursor() as cursor:
                installed = is_initialized(cursor)
                if installed:
                    cursor.execute(
                        "SELECT 1 FROM ir_module_module WHERE name = %s AND state = ANY(%s)",
                        [_MODULE, ["installed", "to upgrade"]],
                    )
                    installed = cursor.rowcount
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            self._fail(f"the database {database} cannot be opened: {reason}")
        if not installed:
            self._fail(f"the addon {_MODULE} is not installed in the database {database}.")

    def _find_policy(self, env, name: str | None) -> int | None:
        if name is None:
            return None
        found = env["graphql_api.policy"].search([("name", "=", name)])
        if len(found) != 1:
            number = "no policy" if not found else "more than one policy"
            self._fail(f"there is {number} named {name!r}.")
        return found.id

    def _fail(self, message: str):
        self.parser.exit(_FAILED, f"{self.name}: {message}\n")


def _openapi(schema, context) -> bytes:
    """Return the OpenAPI document of all that the schema has."""
    # Odoo loads this file by itself, as odoo.cli.graphql_schema: nothing is relative to it.
    # pylint: disable-next=odoo-addons-relative-import
    from odoo.addons.graphql_api.rest.openapi import find_usable, get_document

    version = Manifest.for_addon(_MODULE)["version"]
    body = get_document(schema, find_usable(schema, context), version).plain()
    return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
