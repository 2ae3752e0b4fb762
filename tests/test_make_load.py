"""``make load`` as a user calls it, with little of everything."""

import json
import subprocess

import pytest

from bench.places import LOAD_RESULTS
from tools.paths import ROOT

pytestmark = pytest.mark.cluster

_ARGUMENTS = "--minutes 0.05 --steps 2 --phones 1 --no-check --customers 200 --orders 200"


def test_make_load(terminal):
    command = subprocess.run(
        ["make", "load", f"ARGS={_ARGUMENTS}"],
        cwd=ROOT,
        env=terminal,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert command.returncode == 0, command.stdout + command.stderr
    results = json.loads(LOAD_RESULTS.read_text())
    (step,) = results["steps"]
    assert (step["servers"], step["workers"], step["phones"]) == (2, 2, 2)
    assert step["requests"] > 0
    assert "requests/s" in command.stdout
