"""What ``make run`` prints works as it is printed."""

import json
import os
import signal
import subprocess

from tools.odoo_server import free_ports
from tools.paths import ROOT


def test_make_run_prints_commands_that_work(reader):
    (port,) = free_ports(1)
    server = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=ROOT,
        env=reader,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        commands = []
        for line in server.stdout:
            if line.strip().startswith("curl "):
                commands.append(line.strip())
            if len(commands) == 2:
                break
        answers = [json.loads(subprocess.check_output(command, shell=True)) for command in commands]
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(60)
        server.stdout.close()
    rest, graphql = answers
    assert [len(record) for record in rest["data"]] == [3, 3, 3]
    assert len(graphql["data"]["customers"]["nodes"]) == 3
