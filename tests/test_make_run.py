"""What ``make run`` prints works as it is printed."""

import json
import re
import subprocess

import pytest
import requests

from tools.odoo_server import free_ports

from .terminal import typed

pytestmark = pytest.mark.server


def test_make_run_prints_commands_that_work(reader):
    (port,) = free_ports(1)
    with typed(reader, "make", "run", f"PORT={port}") as server:
        commands, shown = [], {}
        for line in server.stdout:
            if match := re.fullmatch(r"  (\w[\w ]*?)  +(\S+).*", line.rstrip()):
                shown[match[1]] = match[2]
            if line.strip().startswith("curl "):
                commands.append(line.strip())
            if len(commands) == 2:
                break
        answers = [json.loads(subprocess.check_output(command, shell=True)) for command in commands]
        pages = [shown[name] for name in ("All pages", "GraphiQL", "Swagger UI", "Odoo")]
        pages.append(f"http://127.0.0.1:{port}/graphql_api/static/docs/index.html")
        found = [requests.get(page, headers={"Accept": "text/html"}, timeout=60) for page in pages]
    rest, graphql = answers
    assert [len(record) for record in rest["data"]] == [3, 3, 3]
    assert len(graphql["data"]["customers"]["nodes"]) == 3
    assert [page.status_code for page in found] == [200, 200, 200, 200, 200]
    assert all(shown["API key"] in command for command in commands)
