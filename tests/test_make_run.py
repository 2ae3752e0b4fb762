"""What ``make run`` prints works as it is printed."""

import json
import subprocess

import pytest

from tools.odoo_server import free_ports

from .terminal import typed

pytestmark = pytest.mark.server


def test_make_run_prints_commands_that_work(reader):
    (port,) = free_ports(1)
    with typed(reader, "make", "run", f"PORT={port}") as server:
        commands = []
        for line in server.stdout:
            if line.strip().startswith("curl "):
                commands.append(line.strip())
            if len(commands) == 2:
                break
        answers = [json.loads(subprocess.check_output(command, shell=True)) for command in commands]
    rest, graphql = answers
    assert [len(record) for record in rest["data"]] == [3, 3, 3]
    assert len(graphql["data"]["customers"]["nodes"]) == 3
