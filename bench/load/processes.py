"""What the parts of the cluster take of the machine: processor time and memory, from /proc."""

import contextlib
from collections.abc import Mapping

import psutil

from tools.cluster.cluster import Cluster
from tools.odoo_server import OdooServer
from tools.postgres_server import OwnServer

_MEGABYTE = 1024**2


def workers(servers: list[OdooServer]) -> dict[int, psutil.Process]:
    """Return the workers for HTTP, by process id."""
    found = {}
    for server in servers:
        for child in psutil.Process(server.process_id).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if "gevent" not in child.cmdline():
                    found[child.pid] = child
    return found


def memory(process: psutil.Process) -> dict[str, float]:
    """Return the memory of a process in MB.

    ``own`` is what it shares with no other process, ``resident`` what it has in memory,
    ``virtual`` what Odoo's ``limit_memory_soft`` counts.
    """
    info = process.memory_full_info()
    sizes = {"own": info.uss, "resident": info.rss, "virtual": info.vms}
    return {name: round(size / _MEGABYTE, 1) for name, size in sizes.items()}


def parts(cluster: Cluster, clients: int) -> dict[str, list[psutil.Process]]:
    """Return the processes that the parts were started as; they have others below them.

    :param clients: the process id of the phones
    """
    return {
        "workers": [psutil.Process(server.process_id) for server in cluster.servers],
        "primary": [psutil.Process(_postmaster(cluster.primary))],
        "replica": [psutil.Process(_postmaster(cluster.replica))],
        "nginx": [psutil.Process(cluster.nginx.process_id)],
        "phones": [psutil.Process(clients)],
    }


def processor_seconds(started: Mapping[str, list[psutil.Process]]) -> dict[str, float]:
    """Return the processor time of each part since it started.

    What has ended counts where its parent has noticed it.
    """
    return {name: sum(map(_with_children, roots)) for name, roots in started.items()}


def _with_children(root: psutil.Process) -> float:
    seconds = 0.0
    for process in [root, *root.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:4])
    return seconds


def _postmaster(server: OwnServer) -> int:
    return int((server.place.data / "postmaster.pid").read_text().split()[0])
