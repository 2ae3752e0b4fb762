"""The parts of a cluster, each of which can be stopped and started by itself."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tools import (
    database_server,
    databases,
    lock,
    nginx,
    postgres_place,
    process,
    wkhtmltopdf,
)
from tools.cluster import configuration
from tools.cluster.supervisor import Supervisor
from tools.environment import Environment
from tools.granian_server import GRANIAN, GranianServer
from tools.odoo_server import HOST, OdooServer, free_ports
from tools.paths import DATA, LOGS, STATE
from tools.postgres_server import OwnServer
from tools.progress import StepFailed, step, tail

DATABASE = "cluster"
_FOLDER = STATE / "cluster"
_READY_WITHIN = 60  # seconds, of nginx

# Unlike the servers of the tests, these have to survive their end at any moment.
_SETTINGS = {"max_connections": "100", "shared_buffers": "256MB", "wal_keep_size": "256MB"}


class Nginx:
    """The proxy in front.

    :param folder: of its configuration and its own log
    :param api_servers: those that serve ``/api``, where it is not all servers
    """

    def __init__(
        self,
        servers: list[OdooServer],
        folder: Path = _FOLDER / "nginx",
        api_servers: Sequence[OdooServer] = (),
    ):
        self.http_port, self.port = free_ports(2)
        self._folder = folder
        self.log = LOGS / f"{folder.parent.name}-nginx.log"
        self._configuration = configuration.write_nginx(
            self._folder,
            [f"{HOST}:{server.port}" for server in servers],
            [f"{HOST}:{server.port}" for server in api_servers],
            (self.http_port, self.port),
        )

    @property
    def url(self) -> str:
        """The address of the cluster."""
        return f"https://localhost:{self.port}"

    @property
    def process_id(self) -> int:
        """The id of nginx's process, the parent of its workers."""
        return self._process.pid

    @property
    def certificate(self) -> Path:
        """The certificate, which clients have to be told to trust."""
        return self._folder / "certificate.pem"

    @property
    def access_log(self) -> Path:
        """nginx's log, a line for each request."""
        return self._folder / "access.log"

    def start(self) -> None:
        """Start nginx, and wait until it listens."""
        program = nginx.ensure()
        self._process_file.unlink(missing_ok=True)  # of one that was killed
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [program, "-p", self._folder, "-c", self._configuration, "-e", "stderr"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _READY_WITHIN
        while not self._process_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                end = "\n".join(tail(self.log, 10))
                raise StepFailed(f"nginx does not listen. The end of {self.log}:\n{end}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End nginx, if it runs."""
        process.stop(self._process)

    @property
    def _process_file(self) -> Path:
        """Where nginx notes its process, once it listens."""
        return self._folder / "nginx.pid"


class Cluster:
    """A context manager; at its end nothing of the cluster runs any more.

    There is one at a time in a checkout; another one waits.

    :param workers: of each Odoo server
    :param servers: how many Odoo servers
    :param source: the database of the development environment that the cluster's is a copy of;
        by default one with all apps and demo data
    :param granian: let ``/api`` be served under granian, a server beside each Odoo server
    """

    def __init__(
        self,
        environment: Environment,
        workers: int = 2,
        servers: int = 2,
        database: str = DATABASE,
        source: str | None = None,
        *,
        granian: bool = False,
    ):
        self._development = environment
        self.database = database
        self._source = source
        self._server_count = servers
        place = postgres_place.ensure()
        self.primary = OwnServer("The primary", place.beside("primary"), _SETTINGS)
        self.replica = OwnServer(
            "The replica", place.beside("replica"), {**_SETTINGS, "hot_standby_feedback": "on"}
        )
        self._workers = workers
        self._granian = granian
        self.api_servers: list[GranianServer] = []
        self._parts = contextlib.ExitStack()

    @property
    def environment(self) -> Environment:
        """What the Odoo servers of the cluster run in."""
        login = self.primary.login
        return Environment(
            server=login,
            odoo_version=self._development.odoo_version,
            variables={**self._development.variables, **login.environment},
            configuration=_FOLDER / "odoo.conf",
        )

    def __enter__(self) -> "Cluster":
        self._parts.enter_context(lock.exclusive("cluster"))
        try:
            with lock.exclusive("setup"):
                self._start()
        except BaseException:
            self._parts.close()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._parts.close()

    def rolling_restart(self) -> None:
        """Have one Odoo server after the other start its program anew, while they serve."""
        for server in self.servers:
            server.reload()

    def upgrade(self) -> None:
        """Upgrade the addon in the database, while the servers serve."""
        current = self.environment
        # Odoo alters tables that requests have locked in another order. PostgreSQL ends the
        # transaction that first looks for a deadlock: requests are tried again, this one is not.
        variables = {**current.variables, "PGOPTIONS": "-c deadlock_timeout=1min"}
        databases.upgrade_addon(
            replace(current, variables=variables), self.database, LOGS / "cluster-upgrade.log"
        )

    def _start(self) -> None:
        _FOLDER.mkdir(parents=True, exist_ok=True)
        wkhtmltopdf.offer()
        self._start_primary()
        self._start_replica()
        self._write_configuration()
        names = ("first", "second")[: self._server_count]
        with step(f"Starting Odoo servers: {', '.join(names)}", "They answer"):
            servers = [
                OdooServer(
                    self.environment,
                    self.database,
                    LOGS / f"cluster-odoo-{name}.log",
                    workers=self._workers,
                )
                for name in names
            ]
            # wkhtmltopdf does not know the certificate of nginx.
            database_server.set_report_url(self.primary.login, self.database, servers[0].url)
            self.servers = [self._parts.enter_context(server) for server in servers]
        if self._granian:
            self._start_granian(names)
        self._parts.enter_context(Supervisor([*self.servers, *self.api_servers]))
        self.nginx = Nginx(self.servers, api_servers=self.api_servers)
        self.nginx.start()
        self._parts.callback(self.nginx.stop)

    def _start_granian(self, names: Sequence[str]) -> None:
        GRANIAN.ensure()
        with step("Starting the API under granian, beside each Odoo server", "It answers"):
            self.api_servers = [
                self._parts.enter_context(self._granian_server(name)) for name in names
            ]

    def _granian_server(self, name: str) -> GranianServer:
        metrics = _FOLDER / f"metrics-{name}"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()
        current = self.environment
        variables = {**current.variables, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        return GranianServer(
            replace(current, variables=variables),
            self.database,
            LOGS / f"cluster-granian-{name}.log",
            workers=self._workers,
            proxy_mode="True",
        )

    def _start_primary(self) -> None:
        self.primary.initialize()
        self._parts.callback(self.primary.stop)
        if not self.primary.is_running():
            self.primary.start()
        login = self.primary.login
        source = self._source or databases.ensure_installed(self._development, databases.APPS)
        inputs = database_server.origin(self._development.server, source)
        if inputs is None:
            raise StepFailed(f"The database {source} is not complete; call make again.")
        if database_server.origin(login, self.database) != inputs:
            database_server.drop(login, self.database)
            self.primary.take_database(self._development.server, source, self.database)
            database_server.copy_filestore(source, self.database)
            database_server.set_origin(login, self.database, inputs)

    def _start_replica(self) -> None:
        self._parts.callback(self.replica.stop)
        self.replica.stop()
        # Made anew: the primary may have got another port since.
        self.replica.copy_of(self.primary)
        self.replica.start()

    def _write_configuration(self) -> None:
        primary, replica = self.primary.login, self.replica.login
        configuration.write_odoo(
            self.environment.configuration,
            self._development.configuration,
            {
                "db_name": self.database,
                "db_host": primary.host,
                "db_port": primary.port,
                "db_user": primary.user,
                "db_password": primary.password,
                "db_replica_host": replica.host,
                "db_replica_port": replica.port,
                "http_interface": HOST,
                "max_cron_threads": 0,
                "data_dir": DATA,
            },
        )
