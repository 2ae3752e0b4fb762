"""Clients that are generated from the schema and the OpenAPI document, as docs/clients.md has them.

The commands of the page are run as they are printed, against a real server. Only what installs
packages takes those that the environment has already, at its pinned versions.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tools.odoo_server import OdooServer
from tools.paths import ROOT

pytestmark = pytest.mark.node

PAGE = ROOT / "docs" / "clients.md"
TYPESCRIPT = ("Apollo Client", "urql", "REST with openapi-fetch")
PROGRAMS = (*TYPESCRIPT, "Python with gql")

_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)

_NPM = """#!/bin/sh
[ "$1" = install ] || exec {node} {npm}/npm-cli.js "$@"
ln -sfn {packages} node_modules
shift
for package; do
  case $package in --*) ;; *) test -d "node_modules/${{package%@*}}" || exit 1 ;; esac
done
"""
_NPX = """#!/bin/sh
exec {node} {npm}/npx-cli.js --no-install "$@"
"""
_NODE = """#!/bin/sh
exec {node} "$@"
"""
_PYTHON = """#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec {python} "$@"
mkdir -p "$3/bin"
touch "$3/bin/activate"
"""
_PIP = """#!/bin/sh
exec {python} -c 'import gql.transport.requests'
"""


@dataclass(frozen=True)
class Walk:
    """What has come of the commands of a section."""

    folder: Path
    output: str

    @property
    def result(self) -> dict:
        """What the program has printed at the end."""
        lines = f"\n{self.output}"
        return json.loads(lines[lines.rindex("\n{\n") :])


class Reader:
    """Types the commands of the page in an empty folder; each section once."""

    def __init__(self, folder: Path, url: str, key: str):
        self._folder = folder
        programs = folder / "bin"
        programs.mkdir()
        node = Path(os.environ["GRAPHQL_API_NODE"])
        values = {
            "node": node,
            "npm": node.parent.parent / "lib" / "node_modules" / "npm" / "bin",
            "packages": os.environ["GRAPHQL_API_NODE_MODULES"],
            "python": sys.executable,
        }
        texts = {"npm": _NPM, "npx": _NPX, "node": _NODE, "pip": _PIP}
        for name, text in {**texts, "python": _PYTHON, "python3": _PYTHON}.items():
            (programs / name).write_text(text.format(**values))
            (programs / name).chmod(0o755)
        self.variables = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "NO_PROXY": "*",
            "NO_COLOR": "1",
            "ODOO_API": str(ROOT),
            "ODOO_URL": url,
            "ODOO_KEY": key,
        }
        self._sections = dict(_SECTION.findall(PAGE.read_text()))
        self._walks: dict[str, Walk] = {}

    def walk(self, section: str) -> Walk:
        """Return what comes of the commands of a section."""
        if section not in self._walks:
            commands = "".join(_COMMANDS.findall(self._sections[section]))
            (name,) = re.findall(r"^cd (\S+)$", commands, re.MULTILINE)
            output = self.run(commands, self._folder)
            self._walks[section] = Walk(self._folder / name, output)
        return self._walks[section]

    def run(self, commands: str, folder: Path, code: int = 0) -> str:
        """Return what commands print, which end with an exit code."""
        finished = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1200,
            check=False,
        )
        assert finished.returncode == code, finished.stdout[-4000:]
        return finished.stdout


@pytest.fixture(scope="module")
def reader(tmp_path_factory, demo_server: OdooServer, demo_key: Callable[[str], str]) -> Reader:
    """Return who follows the page, with a key of the administrator."""
    return Reader(tmp_path_factory.mktemp("clients"), demo_server.url, demo_key("admin"))


@pytest.fixture(scope="module")
def send(demo_server: OdooServer, demo_key: Callable[[str], str]):
    """Return a function that sends a request without a body to a path of the REST API."""

    def send(path: str, method: str = "GET") -> requests.Response:
        headers = {"Authorization": f"Bearer {demo_key('admin')}"}
        return requests.request(method, demo_server.url + path, headers=headers, timeout=60)

    return send


@pytest.fixture
def no_new_customers(send):
    """Remove the customers that the test leaves: other tests count them."""
    path = "/api/customers?fields=id&limit=1000"
    before = [customer["id"] for customer in send(path).json()["data"]]
    yield
    for customer in send(path).json()["data"]:
        if customer["id"] not in before:
            assert send(f"/api/customers/{customer['id']}", "DELETE").ok


@pytest.mark.parametrize("section", PROGRAMS)
def test_program(section, reader, send):
    """It reads to the last page, writes, and knows one error from another."""
    result = reader.walk(section).result
    wanted = (
        "is_company=true"
        if section == "REST with openapi-fetch"
        else "filter[country][code][eq]=US"
    )
    answer = send(f"/api/customers?{wanted}&fields=id&sort=name&limit=500")
    assert answer.ok, answer.text
    customers = answer.json()["data"]
    assert len(customers) > 10
    assert [int(id) for id in result["customers"]] == [customer["id"] for customer in customers]

    created, updated, seen = result["created"], result["updated"], result["read"]
    assert (created["name"], created["phone"], updated["phone"]) == ("Ann", "1", "2")
    assert created["id"] == updated["id"] == seen["id"] == result["deleted"]
    assert created["version"] != updated["version"]
    assert (seen["name"], seen["phone"]) == ("Ann", "2")
    assert send(f"/api/customers/{result['deleted']}").status_code == 404

    codes = {name: error["code"] for name, error in result["errors"].items()}
    assert codes == {
        "outdated": "PRECONDITION_FAILED",
        "invalid": "BAD_USER_INPUT",
        "missing": "NOT_FOUND",
        "forbidden": "FORBIDDEN",
        "unauthenticated": "UNAUTHENTICATED",
    }
    (field,) = result["errors"]["invalid"]["fields"]
    assert field.removeprefix("input.") == "country"


@pytest.mark.parametrize("section", TYPESCRIPT[:2])
def test_documents_go_by_their_hash(section, reader, administrator):
    reader.walk(section)
    domain = [["registered", "=", False]]
    stored = administrator.call(
        "graphql_api.document", "search_read", domain=domain, fields=["name"]
    )
    names = {document["name"] for document in stored}
    assert {"Customers", "Customer", "Create", "Update", "Delete"} <= names


@pytest.mark.parametrize("section", TYPESCRIPT)
def test_wrong_names_are_type_errors(section, reader):
    folder = reader.walk(section).folder
    program = (folder / "client.ts").read_text()
    assert program.count("({ id }) => id") == 1
    # A file of its own, which is checked instead.
    (folder / "wrong.ts").write_text(program.replace("({ id }) => id", "({ nmae }) => nmae"))
    configuration = {"extends": "./tsconfig.json", "include": ["wrong.ts", "graphql", "odoo.d.ts"]}
    (folder / "wrong.json").write_text(json.dumps(configuration))
    said = reader.run("npx tsc --project wrong.json", folder, code=2)
    assert re.findall(r"^wrong\.ts.*error TS\d+: (Property 'nmae' does not exist)", said, re.M)
    assert said.count("error TS") == 1


def test_wrong_names_are_found_by_the_code_generator(reader):
    folder = reader.walk("urql").folder
    program = (folder / "client.ts").read_text()
    (folder / "client.ts").write_text(program.replace("id name phone", "id nmae phone"))
    try:
        said = reader.run("npx graphql-codegen", folder, code=1)
    finally:
        (folder / "client.ts").write_text(program)
    assert 'Cannot query field "nmae" on type "Customer"' in said


def test_gql_finds_wrong_names_itself(reader):
    assert "Cannot query field 'nmae'" in reader.walk("Python with gql").result["mistaken"]


@pytest.mark.parametrize("section", ["RxDB", "WatermelonDB"])
def test_devices_that_were_offline(section, reader):
    """Two devices and the server end with the same, whatever was lost on the way."""
    result = reader.walk(section).result
    server = result["server"]
    assert [(each["name"], each["phone"]) for each in server] == [
        ("Ann", "1"),
        ("Bob", "2"),
        ("Dora", "3"),
    ]
    # Both changed Bob's city, and who came back last has the last word.
    assert [each["city"] for each in server[:2]] == ["Ghent", "Ghent"]
    assert result["one"] == result["two"] == server
    assert all(each["id"] and each["version"] for each in server)
    assert result["retried"] == 1
    assert {error["code"] for each in result["refused"] for error in each["errors"]} == {
        "VALIDATION_FAILED"
    }


_MANY_KNOWN = """
node --input-type=module -e '
import { Odoo } from "./odoo.js";
const odoo = new Odoo(process.env.ODOO_URL, process.env.ODOO_KEY);
const filter = { name: { eq: "Nobody has this name" } };
const { token } = await odoo.readAll("customers", filter, "id");
const known = Array.from({ length: 20_001 }, (_, number) => 1_000_000 + number);
const { removed } = await odoo.readChanges("customers", filter, "id", token, known);
console.log(`${removed.length} removed`);'
"""


@pytest.mark.parametrize("section", ["RxDB", "WatermelonDB"])
def test_a_device_that_holds_more_than_one_request_may_name(section, reader):
    assert "20001 removed" in reader.run(_MANY_KNOWN, reader.walk(section).folder)


def test_postman(reader, no_new_customers):
    """What Postman makes of the document works as it is imported."""
    answers = re.findall(
        r"^  (GET|POST) .*?(/api/\S+) \[(\d+)", reader.walk("Postman").output, re.M
    )
    assert answers == [
        ("POST", "/api/graphql", "200"),
        ("GET", "/api/customers", "200"),
        ("POST", "/api/customers", "201"),
        ("GET", "/api/customers/aggregate", "200"),
    ]
