"""What breaks under load, and that nothing of what was acknowledged is lost or there twice."""

import os
import signal
import time

import psutil
import pytest

from tools import database_server
from tools.cluster.cluster import DATABASE
from tools.odoo_server import answers

from .conftest import execute, replay_paused, wait_until
from .load import Load

pytestmark = pytest.mark.cluster


@pytest.fixture
def load(cluster, admin_key):
    """Run clients during the test, and look afterwards what became of their writes."""
    with Load(cluster, admin_key) as clients:
        clients.wait_for(8)
        yield clients
        # The service is back without a hand, whatever has happened.
        clients.wait_for(8)
    clients.check()


def test_worker_is_killed(cluster, load):
    for server in cluster.servers:
        os.kill(server.worker_ids()[0], signal.SIGKILL)
        load.wait_for(4)


def test_server_is_killed(cluster, load):
    server = cluster.servers[0]
    killed = server.process_id
    children = psutil.Process(killed).children(recursive=True)
    os.kill(killed, signal.SIGKILL)
    load.wait_for(8)
    # They notice that nobody looks after them.
    _gone, alive = psutil.wait_procs(children, 30)
    assert alive == []
    wait_until(lambda: answers(f"{server.url}/api/ready"))
    assert server.process_id != killed


def test_workers_are_killed_without_the_primary(cluster, load, client):
    """Odoo's parents end themselves where they have to start a worker then."""
    killed = [server.process_id for server in cluster.servers]
    cluster.primary.stop()
    try:
        for server in cluster.servers:
            os.kill(server.worker_ids()[0], signal.SIGKILL)
        wait_until(lambda: all(server.process_id not in killed for server in cluster.servers))
        answer = client("GET", "/api/customers")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
    finally:
        cluster.primary.start()


def test_replica_is_killed(cluster, load):
    cluster.replica.stop("immediate")
    load.wait_for(8)
    cluster.replica.start()


def test_primary_restarts(cluster, load):
    cluster.primary.stop()
    time.sleep(1)
    cluster.primary.start()


def test_primary_loses_power(cluster, load):
    cluster.primary.stop("immediate")
    cluster.primary.start()


def test_replica_lags(cluster, load):
    with replay_paused(cluster.replica):
        load.wait_for(16)


def test_disk_of_the_filestore_is_full(cluster, load, client):
    """Files are refused, all else goes on; when there is room again, the same file is taken."""
    content = os.urandom(2 * 1024**2)
    answer = client("POST", "/api/attachments", json={"name": "Report"})
    assert answer.status_code == 201, answer.text
    path = f"/api/attachments/{answer.json()['data']['id']}/content"
    processes = [psutil.Process(pid) for server in cluster.servers for pid in server.worker_ids()]
    for process in processes:
        # What the disk would take of a file before it is full.
        process.rlimit(psutil.RLIMIT_FSIZE, (1024**2, psutil.RLIM_INFINITY))
    try:
        answer = client("PUT", path, data=content)
        assert answer.status_code == 503, answer.text
        assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
        load.wait_for(8)
    finally:
        for process in processes:
            process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
    assert client("PUT", path, data=content).status_code == 200
    assert client("GET", path).content == content


def test_nothing_is_left_open(cluster):
    """After all that, no transaction of the servers hangs."""
    hanging = execute(
        cluster.primary,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s "
        "AND state LIKE 'idle in transaction%%' AND now() - state_change > interval '5 s'",
        DATABASE,
    )
    assert hanging == [(0,)]
    assert database_server.filestore(DATABASE).is_dir()
