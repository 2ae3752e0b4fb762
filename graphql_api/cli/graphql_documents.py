"""``odoo graphql_documents``: register the GraphQL documents of an app.

Odoo loads this file without the addon (odoo/cli/command.py), so it knows the addon's models only
through the registry.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
import psycopg2

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config

_DOCUMENTS = (".graphql", ".gql")
_MODEL = "graphql_api.document"
_PLACE = re.compile(r"\d+:\d+: ")  # line and column, as editors know them behind a file
_APOLLO = "apollo-persisted-query-manifest"


class Found(NamedTuple):
    """A document in a folder: where it stands, its text, and the hash that it is listed under.

    ``problem`` is why there is no text.
    """

    place: str
    text: str = ""
    sha256: str | None = None
    problem: str | None = None


class GraphqlDocuments(Command):
    """Register the GraphQL documents of an app.

    Takes each .graphql and .gql file of a folder, and of the folders in it, as one document, and
    each .json file as a manifest: that of Apollo's generate-persisted-query-manifest, or the
    persisted-documents.json of GraphQL Code Generator. All documents are checked; if one does
    not fit the database's schema, none is registered. It can be repeated.
    """

    name = "graphql_documents"

    def run(self, cmdargs):
        self.parser.add_argument("-c", "--config", help="Odoo's configuration file")
        self.parser.add_argument("-d", "--database", required=True, help="name of the database")
        self.parser.add_argument("folder", type=Path, help="the documents, or one manifest")
        options = self.parser.parse_args(cmdargs)
        arguments = ["--no-http", "--log-level=warn", f"--database={options.database}"]
        if options.config:
            arguments.append(f"--config={options.config}")
        config.parse_config(arguments, setup_logging=True)
        try:
            registry = Registry(options.database)
        except psycopg2.OperationalError as error:
            sys.exit(str(error).strip())
        if _MODEL not in registry:
            sys.exit(
                f"The addon graphql_api is not installed in {options.database}, or not on the path."
            )
        with registry.cursor() as cursor:
            report = register(Environment(cursor, SUPERUSER_ID, {}), options.folder)
        registry.signal_changes()
        sys.stdout.write(f"{report}\n")


def register(env: Environment, folder: Path) -> str:
    """Register the documents of a folder, all or none; return what to tell about it.

    :raise SystemExit: says what is wrong with them, and where
    """
    documents = env[_MODEL]
    found = list(find_documents(folder))
    problems = [
        f"{document.place}:{'' if _PLACE.match(problem) else ' '}{problem}"
        for document in found
        for problem in (
            [document.problem]
            if document.problem
            else documents._find_problems(document.text, document.sha256)
        )
    ]
    if not found:
        problems = [f"{folder}: There is no .graphql, .gql or .json file in it."]
    if problems:
        advice = "Nothing was registered. Correct these errors, then run the command again."
        sys.exit("\n".join([*problems, "", advice]))
    added = documents._register_texts(document.text for document in found)
    return (
        f"Registered documents in the folder: {len(found)}, new among them: {added}.\n"
        "They run now, by their hash or their text. In Odoo, API > Documents lists them. To "
        "refuse all others,\nset Registered Documents Only in API > Configuration > Settings, or "
        "in a policy."
    )


def find_documents(folder: Path) -> Iterator[Found]:
    """Yield the documents of a folder, in the order of the files' names."""
    files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    for path in files:
        if path.suffix not in (*_DOCUMENTS, ".json") or path.is_dir():
            continue
        place = str(path.relative_to(folder)) if path != folder else path.name
        try:
            text = path.read_bytes().decode()
            documents = [Found(place, text)]
            if path.suffix == ".json":
                documents = [Found(f"{place}: {each[0]}", *each[1:]) for each in _read(text)]
        except (OSError, ValueError) as error:
            documents = [Found(place, problem=f"It cannot be read: {error}")]
        yield from documents


def _read(manifest: str) -> list[tuple[str, str, str]]:
    """Return name, text and hash of the documents in a manifest.

    :raise ValueError: it is none
    """
    content = orjson.loads(manifest)
    if not isinstance(content, dict):
        raise ValueError("a manifest is a JSON object")
    if content.get("format") == _APOLLO:
        if content.get("version") != 1:
            raise ValueError("only version 1 of Apollo's manifest is known")
        operations = content.get("operations")
        if not isinstance(operations, list) or not all(
            isinstance(each, dict) for each in operations
        ):
            raise ValueError("operations must be a list of objects")
        listed = [(each.get("name"), each.get("body"), each.get("id")) for each in operations]
    else:
        listed = [(key[:12], text, key) for key, text in content.items()]
    if not all(isinstance(part, str) for each in listed for part in each):
        raise ValueError("it is neither an Apollo manifest nor an object of hashes and documents")
    return listed
