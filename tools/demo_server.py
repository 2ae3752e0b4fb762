"""``make run``: Odoo with the demo database, in the foreground."""

import contextlib
import os
import socket
import subprocess
import threading
import time

from tools import (
    api_key,
    assets,
    database_server,
    databases,
    environment,
    lock,
    process,
    wkhtmltopdf,
)
from tools.docs_site import building
from tools.environment import Environment
from tools.odoo_server import HOST, answers
from tools.progress import StepFailed, step

_READY_WITHIN = 180  # seconds
_QUERY = '{"query": "{ customers(first: 3) { nodes { id name country { code } } } }"}'


def run() -> int:
    """Start the server, say how to call it, and wait until it ends."""
    port = _port()
    _check_free(port)
    with lock.exclusive("setup"):
        (current, database), _pages = process.together(_ensure_database, _ensure_pages)
    database_server.set_report_url(current.server, database, f"http://{HOST}:{port}")
    command = current.odoo(
        f"--database={database}",
        "--no-database-list",
        f"--http-port={port}",
        "--workers=0",
    )
    server = subprocess.Popen(command, env=current.variables)
    try:
        # Odoo loads the database meanwhile.
        with step("Looking for an API key of admin", "API key of admin found"):
            key = api_key.remembered(current, database, "admin")
        threading.Thread(target=_announce, args=(server, port, database, key), daemon=True).start()
        return server.wait()
    except KeyboardInterrupt:
        # The terminal sent Ctrl-C to the server too: it is ending by itself.
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(15)
        return 0
    finally:
        process.stop(server)


def _ensure_database() -> tuple[Environment, str]:
    """Return what Odoo runs in, and the name of the database to play with."""
    current = environment.ensure_odoo()
    return current, databases.ensure_demo(current, os.environ.get("DB") or databases.DEMO)


def _ensure_pages() -> None:
    """Fetch what the addon's pages load, and what makes PDFs; Odoo's apps take longer."""
    assets.ensure()
    wkhtmltopdf.offer()
    building.offer()


def _port() -> int:
    value = os.environ.get("PORT") or "8069"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise StepFailed(f"PORT={value} is not a port number.")
    return int(value)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StepFailed(
                f"Port {port} cannot be used ({error.strerror}). Name another one: "
                f"make run PORT={port + 1}"
            ) from None


def _announce(server: subprocess.Popen, port: int, database: str, key: str) -> None:
    """Say how to call the server as soon as it answers."""
    address = f"http://{HOST}:{port}"
    deadline = time.monotonic() + _READY_WITHIN
    # The login page is there only when the database is loaded.
    while not (answers(f"{address}/web/health") and answers(f"{address}/web/login")):
        if server.poll() is not None or time.monotonic() > deadline:
            return
        time.sleep(0.5)
    header = f"-H 'Authorization: Bearer {key}'"
    print(
        f"""
Odoo is ready, with the database {database}. Ctrl-C ends it.

  All pages   {address}/api  (with a link to the documentation)
  GraphiQL    {address}/api/graphql
  Swagger UI  {address}/api/docs
  Odoo        {address}/odoo  admin / admin
  API key     {key}  (of admin; paste it in GraphiQL or Swagger UI, or sign in there)

  curl {header} '{address}/api/customers?fields=id,name,email&limit=3'

  curl {header} -H 'Content-Type: application/json' -d '{_QUERY}' {address}/api/graphql
""",
        flush=True,
    )
