"""Odoo's WSGI application under granian, as ``deploy/odoo-api.service`` starts it."""

import configparser
import os
import re
import shlex
from pathlib import Path

from bench.packages import GRANIAN
from bench.places import RESULTS_FOLDER
from bench.server import OdooServer
from tools import odoo_server
from tools.environment import Environment
from tools.paths import ROOT, write_private

_DEPLOY = ROOT / "deploy"


class GranianServer(OdooServer):
    """A server with one worker process; its log has no line for a request.

    :param options: of Odoo's configuration file, beside those of the environment's
    """

    def __init__(self, environment: Environment, database: str, log: Path, **options: str):
        super().__init__(environment, database, log)
        variables = GRANIAN.importable(environment).variables
        self._variables = {
            **variables,
            "PYTHONPATH": f"{variables['PYTHONPATH']}{os.pathsep}{_DEPLOY}",
            "ODOO_RC": str(_configuration(environment, database, options)),
        }
        self._command = [
            *(str(environment.python), "-m", "granian"),
            *_arguments(host=odoo_server.HOST, port=str(self.port), workers="1"),
        ]


def _arguments(**options: str) -> list[str]:
    """Return granian's arguments as the unit has them, with other values of some options."""
    unit = (_DEPLOY / "odoo-api.service").read_text()
    _program, *arguments = shlex.split(re.search("^ExecStart=(.+)$", unit, re.MULTILINE)[1])
    for name, value in options.items():
        arguments[arguments.index(f"--{name}") + 1] = value
    return arguments


def _configuration(environment: Environment, database: str, options: dict[str, str]) -> Path:
    """Write the configuration file, and return its path."""
    configuration = configparser.ConfigParser(interpolation=None)
    configuration.read(environment.configuration)
    configuration["options"].update({"db_name": database, **options})
    path = RESULTS_FOLDER / f"granian-{database}.conf"
    lines = [f"{name} = {value}" for name, value in configuration["options"].items()]
    write_private(path, "\n".join(["[options]", *lines, ""]))
    return path
