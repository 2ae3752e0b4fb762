"""The PostgreSQL server of the commands: the one that PGHOST names, or our own."""

import os
from collections.abc import Mapping

from tools import postgres_place
from tools.postgres_place import Place
from tools.postgres_server import OwnServer, Server
from tools.progress import StepFailed

# A database that can be made again needs no protection against a power cut, and is faster.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}


def ensure() -> Server:
    """Return the server, started if need be."""
    if os.environ.get("PGHOST"):
        return _external(os.environ)
    own = _own(postgres_place.ensure())
    own.initialize()
    if not own.is_running():
        own.start()
    own.check()
    return own.login


def stop() -> bool:
    """Stop our server, if it runs."""
    place = postgres_place.existing()
    return place is not None and _own(place).stop()


def _own(place: Place) -> OwnServer:
    return OwnServer("PostgreSQL", place, _SETTINGS)


def _external(environment: Mapping[str, str]) -> Server:
    user = environment.get("PGUSER") or environment.get("USER") or ""
    if user in ("postgres", ""):
        raise StepFailed(
            "PGHOST is set, so that server is used, but Odoo refuses to work as the role "
            f"{user!r}. Set PGUSER to another role with the right CREATEDB."
        )
    return Server(
        host=environment["PGHOST"],
        port=environment.get("PGPORT") or "5432",
        user=user,
        password=environment.get("PGPASSWORD"),
        is_ours=False,
    )
