"""The database that the load test's is a copy of."""

from bench.database import SEED, Sizes, fill
from bench.odoo_module import result_of
from tools import database_server, databases, stamp
from tools.cluster.cluster import Cluster
from tools.databases import APPS
from tools.environment import Environment
from tools.paths import LOGS
from tools.progress import step

NAME = "load"
"""What it is called in the cluster."""


def ensure(environment: Environment, sizes: Sizes) -> str:
    """Return the name of a database with the addon and the records, in the development server."""
    name = databases.full_name(environment, "graphql_api_load")
    source = databases.ensure_installed(environment, APPS)
    inputs = stamp.digest(
        database_server.origin(environment.server, source) or "", SEED, str(sizes)
    )
    if database_server.origin(environment.server, name) != inputs:
        log = LOGS / "graphql_api_load.log"
        with step(sizes.doing, f"Database {name} is ready", log):
            database_server.copy(environment.server, source, name)
            fill(environment, name, sizes, log)
            database_server.set_origin(environment.server, name, inputs)
    return name


def people(cluster: Cluster, count: int) -> list[str]:
    """Return API keys of so many salespeople of a cluster's database, one of each."""
    failure = "No salespeople could be made:"
    return result_of(cluster.environment, "bench.load.people", cluster.database, count, failure)
