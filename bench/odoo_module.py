"""Modules of the benchmark that run in Odoo, each as a process of its own."""

import json
import subprocess
from typing import Any

from tools.environment import Environment
from tools.paths import PYTHON, ROOT
from tools.progress import StepFailed


def result_of(
    environment: Environment, module: str, database: str, argument: int | str, failure: str
) -> Any:
    """Run a module on a database, and return the JSON of the last line that it prints.

    :param module: its dotted name
    :param argument: what it gets beside the configuration file and the database
    :raise StepFailed: ``failure``, and the end of what the module wrote to stderr
    """
    result = subprocess.run(
        [PYTHON, "-m", module, environment.configuration, database, str(argument)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment.variables,
        cwd=ROOT,
        check=False,
    )
    if result.returncode:
        raise StepFailed(f"{failure}\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.splitlines()[-1])
