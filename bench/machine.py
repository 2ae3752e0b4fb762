"""Where and with what a run was measured."""

import datetime
import importlib.metadata
import os
import platform
import subprocess

from bench.packages import FASTAPI
from tools import database_server
from tools.environment import Environment
from tools.paths import ROOT


def describe(environment: Environment, fastapi: bool) -> dict:
    """Return the date, the machine and the versions.

    :param fastapi: whether OCA's addon takes part
    """
    versions = {
        "odoo": environment.odoo_version,
        "python": platform.python_version(),
        "postgresql": database_server.version(environment.server),
        **{
            name: importlib.metadata.version(name)
            for name in ("graphql-core", "strawberry-graphql", "orjson")
        },
    }
    if fastapi:
        versions["odoo-addon-fastapi"] = FASTAPI.version("odoo-addon-fastapi")
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": {
            "processors": _processors(),
            "architecture": platform.machine(),
            "model": _model(),
            "load_before": round(os.getloadavg()[0], 2),
        },
        "versions": versions,
        "commit": _commit(),
    }


def _processors() -> int:
    """Return how many this process may use, where the system tells, else all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _model() -> str | None:
    try:
        with open("/proc/cpuinfo") as file:
            lines = [line for line in file if line.startswith("model name")]
    except OSError:
        return None
    return lines[0].partition(":")[2].strip() if lines else None


def _commit() -> str | None:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return result.stdout.strip() or None
