"""Who starts again what has ended, as systemd does with ``Restart=always``."""

import threading

from tools.odoo_server import OdooServer

_DELAY = 1  # seconds; RestartSec in deploy/odoo.service


class Supervisor:
    """A context manager; while it is entered, servers that end are started again."""

    def __init__(self, servers: list[OdooServer]):
        self._servers = servers
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Supervisor":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(_DELAY):
            for server in self._servers:
                if server.has_ended:
                    server.launch()
