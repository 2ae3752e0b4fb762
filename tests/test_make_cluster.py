"""What ``make cluster`` prints works as it is printed, and Ctrl-C ends all of it."""

import json
import os
import re
import signal
import socket
import subprocess

import psutil

from tools.paths import ROOT


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_make_cluster(terminal):
    command = subprocess.Popen(
        ["make", "cluster"],
        cwd=ROOT,
        env=terminal,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # As in a terminal, also where the tests run in the background of a shell.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        printed = ""
        for line in command.stdout:
            printed += line
            if line.strip().startswith("curl "):
                break
        output = subprocess.check_output(line, shell=True, stderr=subprocess.DEVNULL)
        answer = json.loads(output)
        assert [len(record) for record in answer["data"]] == [2, 2, 2]
        ports = set(map(int, re.findall(r"(?:localhost|127\.0\.0\.1):(\d+)", printed)))
        assert len(ports) == 5
        assert all(map(listens, ports))
        children = psutil.Process(command.pid).children(recursive=True)
    finally:
        os.killpg(command.pid, signal.SIGINT)
        printed, _ = command.communicate(timeout=60)
    assert "The cluster is stopped; its data are kept." in printed
    assert "Traceback" not in printed
    _gone, alive = psutil.wait_procs(children, 10)
    assert alive == []
    assert not any(map(listens, ports))
