"""The PostgreSQL server: the one that PGHOST names, or our own in ``.dev/postgres``."""

import contextlib
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import postgres_place
from tools.paths import LOGS, STATE, write_private
from tools.postgres_place import Place
from tools.progress import StepFailed, last_line, step

_ROLE = "odoo"  # Odoo refuses to work as the role "postgres"

# A database that can be made again needs no protection against a power cut, and is faster.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server, and how to log in."""

    host: str
    port: str
    user: str
    password: str | None
    is_ours: bool

    @property
    def environment(self) -> dict[str, str]:
        """The standard variables that lead a PostgreSQL client to this server."""
        variables = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        if self.password:
            variables["PGPASSWORD"] = self.password
        return variables


def ensure() -> Server:
    """Return the server, started if need be."""
    if os.environ.get("PGHOST"):
        return _external(os.environ)
    place = postgres_place.ensure()
    _initialize(place)
    if not place.control("status"):
        _start(place)
    server = _own(place)
    if not _accepts(int(server.port)):
        raise StepFailed(
            f"PostgreSQL runs but does not answer at 127.0.0.1:{server.port}. "
            f"Call make stop, then try again; its log is {place.log}."
        )
    return server


def stop() -> bool:
    """Stop our server, if it runs."""
    place = postgres_place.existing()
    if place is None or not place.control("status"):
        return False
    if not place.control("stop", "--mode=fast", "--wait"):
        raise StepFailed(f"PostgreSQL could not be stopped; its log is {place.log}.")
    return True


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


def _own(place: Place) -> Server:
    return Server(
        host="127.0.0.1",
        port=_port_file(place).read_text().strip(),
        user=_ROLE,
        password=_password_file(place).read_text().strip(),
        is_ours=True,
    )


def _password_file(place: Place) -> Path:
    return place.root / "password"


def _port_file(place: Place) -> Path:
    return place.root / "port"


def _initialize(place: Place) -> None:
    """Make the database cluster, unless it is there."""
    if (place.data / "PG_VERSION").exists():
        cluster = (place.data / "PG_VERSION").read_text().strip()
        if cluster != place.major:
            raise StepFailed(
                f"The databases in {STATE} are those of PostgreSQL {cluster}, and version "
                f"{place.major} is installed now. make clean removes them."
            )
        return
    password = secrets.token_urlsafe(24)
    with step("Initializing PostgreSQL", "PostgreSQL initialized", LOGS / "initdb.log"):
        temporary = place.private_folder("data.new")
        # The server's user reads the password from a file of its own.
        password_file = place.private_file("password.new", password)
        place.run(
            "initdb",
            f"--pgdata={temporary}",
            f"--username={_ROLE}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-sync",
            log=LOGS / "initdb.log",
            failure="PostgreSQL's initdb failed.",
        )
        write_private(_password_file(place), password)
        password_file.unlink()
        temporary.rename(place.data)


def _start(place: Place) -> None:
    """Start the server in the background, on the port of last time if that is free."""
    port = _free_port(_port_file(place))
    settings = " ".join(
        f"-c {name}={value or chr(39) * 2}" for name, value in {**_SETTINGS, "port": port}.items()
    )
    with step("Starting PostgreSQL", f"PostgreSQL runs on port {port}"):
        write_private(_port_file(place), str(port))
        started = place.control("start", "--wait", f"--log={place.log}", f"--options={settings}")
    if not started:
        raise StepFailed(
            f"PostgreSQL did not start: {last_line(place.log)}\nIts log is {place.log}. "
            "If its files were damaged, make clean removes them and the next call makes new ones."
        )


def _free_port(remembered: Path) -> int:
    candidates = [0]
    with contextlib.suppress(OSError, ValueError):
        candidates.insert(0, int(remembered.read_text()))
    for port in candidates:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
    raise StepFailed("No free TCP port was found for PostgreSQL.")


def _accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False
