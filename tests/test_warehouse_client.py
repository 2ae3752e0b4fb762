"""The program that keeps records in DuckDB, as docs/clients.md has it, against a real server.

Its commands are run as they are printed; only the packages are installed as those of other tests.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tools.odoo_server import OdooServer
from tools.package_folder import PackageFolder
from tools.paths import ROOT, STATE

pytestmark = pytest.mark.server

_PROGRAM = ROOT / "examples" / "clients" / "dlt"
_PACKAGES = PackageFolder(
    "dlt and DuckDB", STATE / "clients" / "dlt", _PROGRAM / "requirements.txt"
)
_COMMANDS = re.compile(r"^## dlt and DuckDB\n+```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)

_PYTHON = """#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec {python} "$@"
mkdir -p "$3/bin"
touch "$3/bin/activate"
"""
_PIP = """#!/bin/sh
[ "$1 $2" = "install -r" ] && test -f "$3" && exec {python} -c 'import dlt, duckdb'
"""

_TABLES = """
import json, duckdb
tables = duckdb.connect("warehouse.duckdb", read_only=True)
for query in (
    "SELECT id, name, city, country__code FROM odoo.customers ORDER BY id",
    "SELECT id, name, state FROM odoo.sale_orders ORDER BY id",
):
    print(json.dumps(tables.sql(query).fetchall()))
"""

Request = Callable[..., list | dict]


class Warehouse:
    """A folder in which somebody follows the page."""

    def __init__(self, folder: Path, url: str, key: str):
        programs = folder / "bin"
        programs.mkdir()
        for name, text in {"python": _PYTHON, "python3": _PYTHON, "pip": _PIP}.items():
            (programs / name).write_text(text.format(python=sys.executable))
            (programs / name).chmod(0o755)
        self._folder = folder
        self._variables = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(_PACKAGES.path),
            "NO_PROXY": "*",
            "ODOO_API": str(ROOT),
            "ODOO_URL": url,
            "ODOO_KEY": key,
        }

    def run(self, commands: str, folder: str = "") -> list:
        """Return what commands print as JSON, line by line."""
        finished = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self._folder / folder,
            env=self._variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout[-4000:]
        lines = finished.stdout.splitlines()
        return [json.loads(line) for line in lines if line.startswith(("{", "["))]

    def load(self) -> dict:
        """Bring the tables up to date; return how many rows were merged into each."""
        (counts,) = self.run("python pipeline.py", "warehouse")
        return counts

    def tables(self) -> list:
        """Return the rows of both tables."""
        return self.run(f"python - <<'END'\n{_TABLES}END\n", "warehouse")


@pytest.fixture
def request_data(demo_server: OdooServer, demo_key: Callable[[str], str]) -> Request:
    """Return a function that sends a request to the REST API and returns its data."""

    def send(method: str, path: str, body: dict | None = None) -> list | dict:
        headers = {"Authorization": f"Bearer {demo_key('admin')}"}
        address = f"{demo_server.url}/api/{path}"
        response = requests.request(method, address, json=body, headers=headers, timeout=60)
        assert response.ok, response.text
        return response.json()["data"]

    return send


def test_tables_follow_the_server(tmp_path, demo_server, demo_key, request_data):
    """All of the records first, then what has changed since, deletions too."""
    _PACKAGES.ensure()
    warehouse = Warehouse(tmp_path, demo_server.url, demo_key("admin"))

    def check() -> None:
        customers, orders = warehouse.tables()
        path = "customers?fields=id,name,city,country.code&sort=id&limit=1000"
        assert customers == [
            [each["id"], each["name"], each["city"], each["country"] and each["country"]["code"]]
            for each in request_data("GET", path)
        ]
        path = "sale-orders?fields=id,name,state&sort=id&limit=1000"
        assert orders == [[*each.values()] for each in request_data("GET", path)]

    (commands,) = _COMMANDS.findall((ROOT / "docs" / "clients.md").read_text())
    first, second = warehouse.run(commands)
    assert first["customers"] > 20
    assert first["sale_orders"] > 10
    assert not second["customers"]
    check()
    new = [request_data("POST", "customers", {"name": name})["id"] for name in "XYZ"]
    try:
        assert warehouse.load()["customers"] == 3
        check()
        request_data("PATCH", f"customers/{new[0]}", {"city": "Ghent", "country": None})
        request_data("DELETE", f"customers/{new[1]}")
        request_data("PATCH", f"customers/{new[2]}", {"active": False})
        assert warehouse.load()["customers"] == 3
        check()
    finally:
        request_data("DELETE", f"customers/{new[0]}")
        request_data("DELETE", f"customers/{new[2]}")
    assert warehouse.load()["customers"] == 1
    check()
