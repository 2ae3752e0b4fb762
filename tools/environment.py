"""What Odoo runs in: its source, a server, a configuration file, environment variables."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tools import assets, lock, odoo_source, postgres, wkhtmltopdf
from tools.paths import ADDONS, DATA, EXAMPLES, PYTHON, STATE, TOOLS, replace_link, write_private
from tools.postgres_server import Server
from tools.progress import StepFailed

CONFIGURATION = STATE / "odoo.conf"
_ADDONS = STATE / "addons"
_SCRIPT = TOOLS / "odoo_scripts" / "start_odoo.py"
# They would change what our command lines and configuration say; with the last one each start of
# Odoo would compile all of its modules again.
_CONFUSING = {
    *("PGDATABASE", "PGPASSWORD", "ODOO_RC", "OPENERP_SERVER", "PYTHONHOME"),
    "PYTHONDONTWRITEBYTECODE",
}


@dataclass(frozen=True)
class Environment:
    """Everything that is needed to start Odoo."""

    server: Server
    odoo_version: str
    variables: dict[str, str]
    python: Path = PYTHON
    configuration: Path = CONFIGURATION

    def odoo(self, *arguments: str) -> list[str]:
        """Return the command that runs Odoo with the configuration."""
        return [str(self.python), str(_SCRIPT), "--config", str(self.configuration), *arguments]

    def importing(self, packages: Path) -> "Environment":
        """Return the environment with a folder of packages on the import path."""
        path = f"{self.variables['PYTHONPATH']}{os.pathsep}{packages}"
        return replace(self, variables={**self.variables, "PYTHONPATH": path})


def ensure() -> Environment:
    """Set up what is missing, the addon's pages included, and return the environment."""
    assets.ensure()
    return ensure_odoo()


def ensure_odoo() -> Environment:
    """Set up what Odoo needs to start, and return the environment."""
    source, import_path = odoo_source.ensure()
    server = postgres.ensure()
    _link_addons()
    DATA.mkdir(parents=True, exist_ok=True)
    write_private(CONFIGURATION, _configuration(source.addons, server))
    variables = {
        **{key: value for key, value in os.environ.items() if key not in _CONFUSING},
        **server.environment,
        "HYPOTHESIS_STORAGE_DIRECTORY": str(STATE / "hypothesis"),
        "PYTHONPATH": str(import_path),
        "PYTHONPYCACHEPREFIX": str(STATE / "bytecode"),
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "ignore"),
        # The machine's own programs come first, also where ours is only fetched later.
        "PATH": os.pathsep.join(
            [str(PYTHON.parent), os.environ.get("PATH", os.defpath), str(wkhtmltopdf.FOLDER)]
        ),
        "VIRTUAL_ENV": sys.prefix,
    }
    return Environment(server, odoo_source.SERIES, variables)


def execute(command: list[str]) -> int:
    """Run a program in the environment; return its exit code."""
    with lock.exclusive("setup"):
        variables = ensure().variables
    try:
        return subprocess.run(command, env=variables, check=False).returncode
    except OSError as error:
        raise StepFailed(f"{command[0]} could not be started: {error.strerror}") from None


def _link_addons() -> None:
    """Give Odoo a folder with our addons and nothing else of the repository."""
    _ADDONS.mkdir(parents=True, exist_ok=True)
    addons = {path.parent.name: path.parent for path in _manifests()}
    for name, path in addons.items():
        replace_link(_ADDONS / name, Path(os.path.relpath(path, _ADDONS)))
    for link in _ADDONS.iterdir():
        if link.name not in addons:
            link.unlink()


def _manifests() -> Iterable[Path]:
    yield from (addon / "__manifest__.py" for addon in ADDONS)
    if EXAMPLES.is_dir():
        yield from sorted(EXAMPLES.glob("*/__manifest__.py"))


def _configuration(odoo_addons: list[Path], server: Server) -> str:
    options = {
        "addons_path": ",".join(map(str, [*odoo_addons, _ADDONS])),
        "data_dir": DATA,
        "admin_passwd": _master_password(),
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "list_db": "False",
        "http_interface": "127.0.0.1",
        "max_cron_threads": 0,
    }
    if server.password:
        options["db_password"] = server.password.replace("%", "%%")
    lines = [f"{name} = {value}" for name, value in options.items()]
    return "\n".join(["[options]", *lines, ""])


def _master_password() -> str:
    """Return the password of Odoo's database manager: nobody needs to know it."""
    path = STATE / "master_password"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text()
