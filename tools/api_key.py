"""``make key``: API keys of the users of a database."""

import subprocess

from tools import database_server, databases, environment, lock
from tools.environment import Environment
from tools.paths import STATE, TOOLS, write_private
from tools.progress import StepFailed

_SCRIPT = TOOLS / "odoo_scripts" / "generate_key.py"


def print_new(login: str, database: str | None) -> int:
    """Print a new key of a user, alone on stdout."""
    with lock.exclusive("setup"):
        current = environment.ensure()
        if database and database != databases.DEMO:
            _check_exists(current, database)
        # A server may be running on the database: this is no time to upgrade it.
        name = databases.ensure_demo(current, database or databases.DEMO, upgrade=False)
    print(new(current, name, login))
    return 0


def _check_exists(current: Environment, database: str) -> None:
    """Check that a database can be worked on.

    :raise StepFailed: it is not there; names those that are
    """
    if database_server.origin(current.server, database) is None:
        names = database_server.names(current.server)
        raise StepFailed(
            f"There is no database {database}. "
            + (f"There are: {', '.join(names)}." if names else "There is none yet.")
            + f" make run DB={database} makes it."
        )


def remembered(current: Environment, database: str, login: str) -> str:
    """Return the key of the last call while it is valid, else a new one."""
    path = STATE / "keys" / f"{database}-{login}"
    try:
        key = path.read_text()
    except OSError:
        key = ""
    if not key or not database_server.has_api_key(current.server, database, login, key):
        key = new(current, database, login)
        write_private(path, key)
    return key


def new(current: Environment, database: str, login: str) -> str:
    """Return a new key of a user."""
    result = subprocess.run(
        [current.python, _SCRIPT, current.configuration, database, login],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=current.variables,
        check=False,
    )
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StepFailed(f"No API key was made in the database {database}: {reason}")
    return result.stdout.split()[-1]
