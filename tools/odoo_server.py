"""Odoo servers of our own: on a free port of the loopback interface, for one database."""

import contextlib
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import psutil

from tools import process
from tools.environment import Environment
from tools.progress import StepFailed, tail

HOST = "127.0.0.1"
_READY_WITHIN = 120  # seconds
_RELOADED_WITHIN = 120  # seconds


class OdooServer:
    """A server in the background; a context manager, which stops it.

    It serves one database and is told which: with a filter Odoo would ask PostgreSQL for the
    names of all databases at every request.

    :param options: more command line options of Odoo
    :param workers: worker processes; 0 is one process with a thread for each request
    """

    _has_session = False
    """Whether the processes are in a session of their own, without the terminal's Ctrl-C."""

    def __init__(
        self,
        environment: Environment,
        database: str,
        log: Path,
        *options: str,
        workers: int = 0,
    ):
        self.database = database
        self.workers = workers
        self.log = log
        self.port, gevent_port = free_ports(2)
        self._command = environment.odoo(
            f"--database={database}",
            "--no-database-list",
            f"--http-port={self.port}",
            f"--gevent-port={gevent_port}",
            f"--workers={workers}",
            *options,
        )
        self._variables = environment.variables

    @property
    def url(self) -> str:
        """The address, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def process_id(self) -> int:
        """The id of the process; with workers, of their parent."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Tell whether the process that was started has ended, for whatever reason."""
        return self._process.poll() is not None

    def worker_ids(self) -> list[int]:
        """Return the ids of the worker processes that serve HTTP."""
        children = psutil.Process(self.process_id).children()
        return [child.pid for child in children if "gevent" not in child.cmdline()]

    def launch(self) -> None:
        """Start the process, and do not wait until it answers."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._variables,
                start_new_session=self._has_session,
            )

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self.launch()
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server, if it runs; requests that it has begun are answered."""
        process.stop(self._process)

    def reload(self) -> None:
        """Have a server with workers start its program anew, and wait until that is done.

        The process and its socket stay: its workers serve until there are new ones, and finish
        what they have begun (odoo/service/server.py, ``PreforkServer.fork_and_reload``).

        :raise StepFailed: the server ended, or old workers still run after two minutes
        """
        old = psutil.Process(self.process_id).children()
        self._process.send_signal(signal.SIGHUP)
        _gone, alive = psutil.wait_procs(old, _RELOADED_WITHIN)
        if alive or self.has_ended:
            end = "\n".join(tail(self.log, 20))
            raise StepFailed(f"Odoo did not start anew. The end of {self.log}:\n{end}")
        self._wait()

    def __enter__(self):
        self.log.unlink(missing_ok=True)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def _wait(self) -> None:
        # Unlike the port alone, it answers when the database is loaded.
        deadline = time.monotonic() + _READY_WITHIN
        while not answers(f"{self.url}/web/health", self.database):
            if self.has_ended or time.monotonic() > deadline:
                end = "\n".join(tail(self.log, 20))
                raise StepFailed(f"Odoo does not answer. The end of {self.log}:\n{end}")
            time.sleep(0.2)


def answers(url: str, database: str | None = None) -> bool:
    """Tell whether there is an answer, and no error, at an address of this machine.

    :param database: which, of a server with several
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    headers = {"X-Odoo-Database": database} if database else {}
    request = urllib.request.Request(url, headers=headers)
    with contextlib.suppress(OSError), opener.open(request, timeout=60):
        return True
    return False


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
