"""The database that the load test's is a copy of."""

import json
import subprocess

from bench.database import SEED, Sizes, fill
from tools import database_server, databases, stamp
from tools.cluster.cluster import Cluster
from tools.databases import APPS
from tools.environment import Environment
from tools.paths import LOGS, PYTHON, ROOT
from tools.progress import StepFailed, step

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
    environment = cluster.environment
    result = subprocess.run(
        [
            *(PYTHON, "-m", "bench.load.people"),
            *(environment.configuration, cluster.database, str(count)),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment.variables,
        cwd=ROOT,
        check=False,
    )
    if result.returncode:
        raise StepFailed(f"No salespeople could be made: {result.stderr[-2000:]}")
    return json.loads(result.stdout.splitlines()[-1])
