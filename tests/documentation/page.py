"""A page of the documentation, read from top to bottom by a machine."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphql import DocumentNode, NonNullTypeNode, OperationDefinitionNode, parse

from tools.paths import ROOT

from .answers import Answers, Different, json_values
from .configuration import check_nginx, check_odoo, check_prometheus
from .markdown import Block, code_blocks
from .schema_excerpt import check_excerpt
from .shell import Output, Shell

ADDRESS = "http://127.0.0.1:8069"
"""Where the pages have the server."""

ELSEWHERE = {
    "make run": "test_make_run.py runs it",
    "make test": "it is what runs this",
    "apt-get install wkhtmltopdf": "the tests fetch the same package, and print with it",
    "pip install ": "test_base_packaging.py installs the wheel with what it requires",
    "unzip ": "test_base_packaging.py looks into the zip file",
    "odoo -d <database>": "test_base_upgrade.py installs and upgrades the addon",
    "PGOPTIONS=": "cluster/test_rolling_restart.py upgrades it while servers serve",
    "systemctl reload odoo": "cluster/test_rolling_restart.py sends the unit's signal",
    "journalctl ": "it shows the log",
}
"""Beginnings of commands that set up the machine -> what proves them instead."""

OWN_TESTS = {"clients.md": "test_clients.py"}
"""Pages whose commands install packages -> tests that run these commands as they are printed."""

_MEASURING = re.compile(r"^make (bench|load)(?: ARGS=(?:'(.*)'|(.*)))?$", re.MULTILINE)
"""Only the options of these commands are tried: to measure takes minutes of an idle machine."""

_FOLDER = Path(__file__).parent

_EXAMPLES = ROOT / "examples"
"""Where code is that has tests of its own."""

_IN_PYTHON = """
[ "${{PYTHON_PID-}}" ] || coproc PYTHON {{ KEY="${{KEY-}}" exec python3 {session}; }}
echo {program} {output} >&"${{PYTHON[1]}}"
read -r answer <&"${{PYTHON[0]}}"
cat {output}
[ "$answer" = done ]
"""
"""Pages continue their programs, as they continue the commands of the shell."""

_HEADERS = "-H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json'"


class Page:
    """One page.

    :param url: the address of the server that stands for the reader's
    """

    def __init__(self, path: Path, shell: Shell, url: str):
        self._path = path
        self._shell = shell
        self._url = url
        self._answers = Answers()
        self._printed: str | None = None  # by the last commands, until a block shows it
        self._errors = 0  # that the last commands led to and no block has shown
        self._data = ""  # records in XML
        self._document: str | None = None  # a query whose variables are in the next block

    def run(self) -> None:
        """Do what every block says.

        :raise AssertionError: names the block with which something is wrong
        """
        block = None
        for block in code_blocks(self._path):
            handler = HANDLERS.get(block.language)
            try:
                assert handler, "nothing is known of this kind of block"
                if handler not in _SHOWING:
                    self._finish()
                handler(self, block)
            except Exception as error:
                raise AssertionError(f"{block}: {error}") from error
        try:
            self._finish()
            if self._data:
                self._load_data()
        except AssertionError as error:
            raise AssertionError(f"{block}: {error}") from None

    def _finish(self) -> None:
        """Check that nothing is left to be said of the last commands."""
        assert not self._document, "the query before has no variables"
        assert not self._errors, f"an error is not shown: {(self._printed or '')[:2000]}"
        self._printed = None

    # -- what does something

    def run_commands(self, block: Block) -> None:
        """Run what no other test proves."""
        if self._path.name in OWN_TESTS:
            assert (ROOT / "tests" / OWN_TESTS[self._path.name]).exists(), "its test is missing"
            return
        commands = re.findall(r"(?:.*\\\n)*.*\n", block.text)
        own = [command for command in commands if not command.startswith(tuple(ELSEWHERE))]
        self._run(_MEASURING.sub(r"make \1 ARGS='\2\3 --help'", "".join(own)))

    def run_graphql(self, block: Block) -> None:
        """Execute the operations, or compare what is declared with the schema."""
        document = parse(block.text)
        operations = _operations(document)
        if not operations:
            schema = self._run(f"curl -sf {self._url}/api/graphql/schema.graphql {_HEADERS}")
            check_excerpt(document, schema.text)
        elif any(map(_needs_variables, operations)):
            self._document = block.text
        else:
            self._execute(block.text, {})

    def _execute(self, document: str, variables: dict[str, Any]) -> None:
        calls = ""
        for index, operation in enumerate(_operations(parse(document))):
            name = operation.name and operation.name.value
            body = {"query": document, "variables": variables, "operationName": name}
            file = self._shell.write(
                f"body-{index}.json", self._answers.translate(json.dumps(body))
            )
            calls += f"curl -s {self._url}/api/graphql {_HEADERS} -d @{file}\n"
        values = json_values(self._run(calls).text)
        for value in values:
            value.pop("extensions", None)  # the cost: nothing that a page has to repeat
        self._printed = "\n".join(map(json.dumps, values))

    def run_python(self, block: Block) -> None:
        """Run a program, unless it is part of a file that has tests of its own."""
        if _is_shipped(block):
            return
        program = self._answers.translate(block.text).replace(ADDRESS, self._url)
        files = {
            "session": _FOLDER / "python_session.py",
            "program": self._shell.write("program.py", program),
            "output": self._shell.write("program.out", ""),
        }
        self._run(_IN_PYTHON.format(**files))

    def collect_data(self, block: Block) -> None:
        """Keep records for the end of the page, unless they are part of a file with tests."""
        if not _is_shipped(block):
            # In the same lines as on the page, which Odoo names where something is wrong.
            self._data += "\n" * (block.line - 1 - self._data.count("\n")) + block.text

    def _load_data(self) -> None:
        file = self._shell.write("data.xml", f"<odoo>{self._data}</odoo>")
        self._run(f'python3 {_FOLDER / "load_data.py"} "$DB" {file}')

    def find_shipped(self, block: Block) -> None:
        """Find the lines in a file that has tests of its own."""
        assert _is_shipped(block), "it is in no file of examples/"

    def check_odoo(self, block: Block) -> None:
        """Let Odoo read its configuration."""
        check_odoo(self._shell, block.text)

    def check_nginx(self, block: Block) -> None:
        """Let nginx read its configuration."""
        check_nginx(self._shell, block.text)

    def check_drawing(self, block: Block) -> None:
        """Look whether it is a drawing of a kind that the places know where code is hosted."""
        assert block.text.startswith(("flowchart ", "sequenceDiagram\n")), "an unknown drawing"

    def check_prometheus(self, block: Block) -> None:
        """Read the configuration as Prometheus would."""
        check_prometheus(block.text)

    def _run(self, commands: str) -> Output:
        commands = self._answers.translate(commands).replace(ADDRESS, self._url)
        output = self._shell.run(commands)
        self._printed = output.text.replace(self._url, ADDRESS)
        refused = sum(status >= 400 for status in output.statuses)
        self._errors = max(refused, _count_errors(self._printed))
        return output

    # -- what shows something

    def compare_json(self, block: Block) -> None:
        """Take it as the variables of the query before, or compare it with what was printed."""
        shown = json_values(block.text)
        if self._document:
            (variables,) = shown
            document, self._document = self._document, None
            self._execute(document, variables)
        else:
            self._compare(shown, self._take())
            self._explain(sum(map(_is_error, shown)))

    def compare_http(self, block: Block) -> None:
        """Compare status, the headers that are shown, and the body with what was printed."""
        shown_status, shown_headers, shown_body = _split_response(block.text)
        status, headers, body = _split_response(self._take())
        self._compare(json_values(shown_body), body)
        self._answers.compare_text(shown_status, status, "the status")
        for name, value in shown_headers.items():
            assert name in headers, f"there is no header {name}"
            self._answers.compare_text(value, headers[name], name, opaque=name == "etag")
        self._explain(int(shown_status.split()[1]) >= 400)

    def compare_text(self, block: Block) -> None:
        """Compare it with what was printed."""
        printed = self._take().replace("\r", "").strip()
        self._answers.compare_text(block.text.strip(), printed, "the output")
        self._explain(len(re.findall(r"HTTP/\S+ [45]\d\d", block.text)))

    def _take(self) -> str:
        assert self._printed is not None, "no command before has printed this"
        text, self._printed = self._printed, None
        return text

    def _compare(self, shown: list[Any], text: str) -> None:
        try:
            values = json_values(text)
            assert len(shown) == len(values), f"there are {len(values)} answers"
            for pair in zip(shown, values, strict=True):
                self._answers.compare(*pair)
        except (Different, AssertionError, ValueError) as error:
            raise Different(f"{error}. The answer:\n{text[:4000]}") from None

    def _explain(self, errors: int) -> None:
        assert errors >= self._errors, "not every error is shown"
        self._errors = 0


def _is_shipped(block: Block) -> bool:
    """Tell whether a file that is tested has these lines, with whatever indentation."""
    text = _without_indentation(block.text)
    files = _EXAMPLES.rglob(f"*.{_SUFFIXES[block.language]}")
    return any(text in _without_indentation(path.read_text()) for path in files)


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def _needs_variables(operation: OperationDefinitionNode) -> bool:
    return any(
        isinstance(variable.type, NonNullTypeNode) and not variable.default_value
        for variable in operation.variable_definitions or ()
    )


def _count_errors(text: str) -> int:
    try:
        return sum(map(_is_error, json_values(text)))
    except ValueError:
        return 0


def _is_error(value: Any) -> bool:
    return isinstance(value, dict) and ("errors" in value or value.get("status") == "error")


def _split_response(text: str) -> tuple[str, dict[str, str], str]:
    """Return the status line, the headers by their names in small letters, and the body."""
    head, _, body = text.replace("\r", "").partition("\n\n")
    status, *lines = head.strip().split("\n")
    pairs = [line.partition(":") for line in lines]
    return status, {name.lower(): value.strip() for name, _, value in pairs}, body


def _without_indentation(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


HANDLERS: dict[str, Callable[[Page, Block], None]] = {
    "sh": Page.run_commands,
    "graphql": Page.run_graphql,
    "python": Page.run_python,
    "javascript": Page.find_shipped,
    "typescript": Page.find_shipped,
    "csv": Page.find_shipped,
    "xml": Page.collect_data,
    "ini": Page.check_odoo,
    "nginx": Page.check_nginx,
    "yaml": Page.check_prometheus,
    "mermaid": Page.check_drawing,
    "json": Page.compare_json,
    "http": Page.compare_http,
    "text": Page.compare_text,
}
"""Language of a block -> what is done with it."""

_SHOWING = (Page.compare_json, Page.compare_http, Page.compare_text)

_SUFFIXES = {
    "csv": "csv",
    "javascript": "js",
    "python": "py",
    "typescript": "ts",
    "xml": "xml",
}
