"""PostgreSQL servers of our own: how one is made, started and stopped."""

import contextlib
import secrets
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.paths import LOGS, STATE, write_private
from tools.postgres_place import Place
from tools.progress import StepFailed, last_line, step

_ROLE = "odoo"  # Odoo refuses to work as the role "postgres"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
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


@dataclass(frozen=True)
class OwnServer:
    """A server in a place of ours.

    :param settings: of PostgreSQL's configuration, beside those that all our servers have
    """

    title: str
    place: Place
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def login(self) -> Server:
        """How to log in to the server, which has been started."""
        return Server(
            host="127.0.0.1",
            port=self._port_file.read_text().strip(),
            user=_ROLE,
            password=self.password,
            is_ours=True,
        )

    @property
    def password(self) -> str:
        """The password of the role that owns everything."""
        return self._password_file.read_text().strip()

    @property
    def _password_file(self) -> Path:
        return self.place.root / "password"

    @property
    def _port_file(self) -> Path:
        return self.place.root / "port"

    @property
    def _log_name(self) -> str:
        return self.title.lower().replace(" ", "-")

    def initialize(self) -> None:
        """Make the server's data, unless they are there."""
        place = self.place
        if (place.data / "PG_VERSION").exists():
            major = (place.data / "PG_VERSION").read_text().strip()
            if major != place.major:
                raise StepFailed(
                    f"The databases in {STATE} are those of PostgreSQL {major}, and version "
                    f"{place.major} is installed now. make clean removes them."
                )
            return
        password = secrets.token_urlsafe(24)
        log = LOGS / f"{self._log_name}-initdb.log"
        with step(f"Initializing {self.title}", f"{self.title} initialized", log):
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
                log=log,
                failure="PostgreSQL's initdb failed.",
            )
            write_private(self._password_file, password)
            password_file.unlink()
            temporary.rename(place.data)

    def copy_of(self, source: "OwnServer") -> None:
        """Make the server's data, anew, a copy of another server's, which it then follows."""
        log = LOGS / f"{self._log_name}-basebackup.log"
        with step(f"Copying {source.title} to {self.title}", f"{self.title} is a copy", log):
            temporary = self.place.private_folder("data.new")
            self.place.run(
                "pg_basebackup",
                f"--pgdata={temporary}",
                "--write-recovery-conf",
                "--wal-method=stream",
                "--checkpoint=fast",
                "--no-sync",
                log=log,
                failure="PostgreSQL's pg_basebackup failed.",
                variables=source.login.environment,
            )
            write_private(self._password_file, source.password)
            shutil.rmtree(self.place.data, ignore_errors=True)
            temporary.rename(self.place.data)

    def take_database(self, source: Server, name: str, database: str) -> None:
        """Copy a database from another server.

        :param name: what it is called there
        :param database: what it is to be called here, where it must not be yet
        """
        log = LOGS / f"{self._log_name}-restore.log"
        with step(f"Copying {name} to {self.title}", f"{database} is in {self.title}", log):
            work = self.place.private_folder("dump")
            dump = work / name
            for program, login, arguments in (
                ("pg_dump", source, ("--format=directory", f"--file={dump}", name)),
                ("createdb", self.login, (database,)),
                ("pg_restore", self.login, ("--jobs=2", f"--dbname={database}", str(dump))),
            ):
                self.place.run(
                    program,
                    *arguments,
                    log=log,
                    failure=f"PostgreSQL's {program} failed.",
                    variables=login.environment,
                )
            shutil.rmtree(work)

    def is_running(self) -> bool:
        """Tell whether the server runs."""
        return self.place.control("status")

    def start(self) -> None:
        """Start the server in the background, on the port of last time if that is free."""
        port = _free_port(self._port_file)
        settings = " ".join(
            f"-c {name}={value or chr(39) * 2}"
            for name, value in {**_SETTINGS, **self.settings, "port": port}.items()
        )
        log = self.place.log
        with step(f"Starting {self.title}", f"{self.title} runs on port {port}"):
            write_private(self._port_file, str(port))
            options = (f"--log={log}", f"--options={settings}")
            started = self.place.control("start", "--wait", *options)
        if not started:
            raise StepFailed(
                f"{self.title} did not start: {last_line(log)}\nIts log is {log}. If its files "
                "were damaged, make clean removes them and the next call makes new ones."
            )

    def check(self) -> None:
        """Raise StepFailed unless something listens where the server should."""
        port = int(self.login.port)
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        raise StepFailed(
            f"{self.title} runs but does not answer at 127.0.0.1:{port}. "
            f"Call make stop, then try again; its log is {self.place.log}."
        )

    def stop(self, mode: str = "fast") -> bool:
        """Stop the server, if it runs; tell whether it did.

        :param mode: of pg_ctl; "immediate" is what a power cut does
        """
        if not self.is_running():
            return False
        if not self.place.control("stop", f"--mode={mode}", "--wait"):
            raise StepFailed(f"{self.title} could not be stopped; its log is {self.place.log}.")
        return True


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
