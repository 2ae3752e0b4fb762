"""Odoo's WSGI application under granian, as ``deploy/odoo-api.service`` starts it."""

import configparser
import os
import re
import shlex
from pathlib import Path

from tools import odoo_server
from tools.environment import Environment
from tools.package_folder import PackageFolder
from tools.paths import ROOT, STATE, TOOLS, write_private

_DEPLOY = ROOT / "deploy"

GRANIAN = PackageFolder("granian", STATE / "granian", TOOLS / "requirements" / "granian.txt")


class GranianServer(odoo_server.OdooServer):
    """A server whose log has no line for a request. Its packages, ``GRANIAN``, have to be there.

    :param workers: processes, of four threads each
    :param options: of Odoo's configuration file, beside those of the environment's
    """

    # Its workers do not end by Ctrl-C where their parent gets it, too.
    _has_session = True

    def __init__(
        self,
        environment: Environment,
        database: str,
        log: Path,
        workers: int = 1,
        **options: str,
    ):
        super().__init__(environment, database, log, workers=workers)
        variables = environment.importing(GRANIAN.path).variables
        self._variables = {
            **variables,
            "PYTHONPATH": f"{variables['PYTHONPATH']}{os.pathsep}{_DEPLOY}",
            "ODOO_RC": str(_configuration(environment, database, options)),
        }
        self._command = [
            *(str(environment.python), "-m", "granian"),
            *_arguments(host=odoo_server.HOST, port=str(self.port), workers=str(workers)),
        ]


def _arguments(**options: str) -> list[str]:
    """Return granian's arguments as the unit has them, with other values of some options."""
    unit = (_DEPLOY / "odoo-api.service").read_text()
    (command,) = re.findall("^ExecStart=(.+)$", unit, re.MULTILINE)
    _program, *arguments = shlex.split(command)
    for name, value in options.items():
        arguments[arguments.index(f"--{name}") + 1] = value
    return arguments


def _configuration(environment: Environment, database: str, options: dict[str, str]) -> Path:
    """Write the configuration file, and return its path."""
    configuration = configparser.ConfigParser(interpolation=None)
    configuration.read(environment.configuration)
    configuration["options"].update({"db_name": database, **options})
    path = STATE / f"granian-{database}.conf"
    lines = [f"{name} = {value}" for name, value in configuration["options"].items()]
    write_private(path, "\n".join(["[options]", *lines, ""]))
    return path
