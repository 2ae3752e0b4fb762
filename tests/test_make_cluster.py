"""What ``make cluster`` prints works as it is printed, and Ctrl-C ends all of it."""

import json
import re
import socket
import subprocess

import psutil
import pytest

from .terminal import typed

pytestmark = pytest.mark.cluster


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("granian", [False, True])
def test_make_cluster(terminal, granian):
    arguments = ["GRANIAN=1"] if granian else []
    with typed(terminal, "make", "cluster", *arguments) as command:
        printed = ""
        for line in command.stdout:
            printed += line
            if line.strip().startswith("curl "):
                break
        output = subprocess.check_output(line, shell=True, stderr=subprocess.DEVNULL)
        answer = json.loads(output)
        assert [len(record) for record in answer["data"]] == [2, 2, 2]
        ports = set(map(int, re.findall(r"(?:localhost|127\.0\.0\.1):(\d+)", printed)))
        assert len(ports) == (7 if granian else 5)
        assert all(map(listens, ports))
        children = psutil.Process(command.pid).children(recursive=True)
    assert "The cluster is stopped; its data are kept." in command.rest
    assert "Traceback" not in command.rest
    _gone, alive = psutil.wait_procs(children, 10)
    assert alive == []
    assert not any(map(listens, ports))
