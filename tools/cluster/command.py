"""``make cluster``: what several servers are like, on one machine."""

import contextlib
import os
import signal

from tools import api_key, environment, lock
from tools.cluster.cluster import DATABASE, Cluster
from tools.progress import say, step


def run() -> int:
    """Bring the cluster up, say where everything is, and wait for Ctrl-C.

    With ``GRANIAN`` in the environment, ``/api`` is served under granian.
    """
    with contextlib.ExitStack() as stack, contextlib.suppress(KeyboardInterrupt):
        with lock.exclusive("setup"):
            current = environment.ensure()
        cluster = stack.enter_context(Cluster(current, granian=bool(os.environ.get("GRANIAN"))))
        with step("Looking for an API key of admin", "API key of admin found"):
            key = api_key.remembered(cluster.environment, DATABASE, "admin")
        _say_where(cluster, key)
        signal.pause()
    say("The cluster is stopped; its data are kept.")
    return 0


def _say_where(cluster: Cluster, key: str) -> None:
    odoo = ", ".join(server.url for server in cluster.servers)
    granian = ", ".join(server.url for server in cluster.api_servers)
    api = f"\n  granian   {granian}" if granian else ""
    primary, replica = cluster.primary, cluster.replica
    address = f"{cluster.nginx.url}/api/customers?fields=id,name&limit=3"
    print(
        f"""
The cluster is ready. Ctrl-C stops it; make clean removes its data.

  nginx     {cluster.nginx.url}
  Odoo      {odoo}{api}
  primary   127.0.0.1:{primary.login.port}
  replica   127.0.0.1:{replica.login.port}
  logs      {cluster.nginx.log.parent}/cluster-*.log, {primary.place.log}, {replica.place.log}

  curl --cacert {cluster.nginx.certificate} -H 'Authorization: Bearer {key}' '{address}'
""",
        flush=True,
    )
