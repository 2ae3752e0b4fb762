"""A new version of the addon without a gap in the service."""

import pytest

from .load import Load

pytestmark = pytest.mark.cluster


def test_upgrade(cluster, admin_key):
    """The database first, while the servers work on it, then one server after the other.

    At the restart no request fails, neither a read nor a write.
    """
    old = [process_id for server in cluster.servers for process_id in server.worker_ids()]
    with Load(cluster, admin_key, pause=0.3) as load:
        load.wait_for(8)
        cluster.upgrade()
        load.wait_for(8)
        load.refused.clear()
        cluster.rolling_restart()
        load.wait_for(8)
    load.check()
    # That a write whose answer a client has not waited for is still under way.
    assert set(load.refused) <= {(409, "CONFLICT")}
    new = [process_id for server in cluster.servers for process_id in server.worker_ids()]
    assert not set(old) & set(new)
