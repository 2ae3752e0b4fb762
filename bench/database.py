"""The benchmark's databases: made once, used again while what they are made from is the same."""

import configparser
from dataclasses import dataclass
from pathlib import Path

from bench.packages import FASTAPI
from bench.places import ADDONS
from tools import database_server, databases, process, stamp
from tools.databases import APPS, CHANGES
from tools.environment import CONFIGURATION, Environment
from tools.paths import ADDON, LOGS, PYTHON, ROOT
from tools.progress import step

_NAME = "graphql_api_bench"
SEED = Path(__file__).with_name("seed.py")
CUSTOMERS = Path(__file__).with_name("customers.py")
EXPOSURE = Path(__file__).with_name("exposure_database.py")
_MODULES = (ADDON.name, "rpc", "graphql_api_bench")
_FASTAPI_MODULES = ("graphql_api_bench_fastapi",)


@dataclass(frozen=True)
class Sizes:
    """Numbers of records."""

    customers: int
    orders: int

    @property
    def doing(self) -> str:
        """What making them is called."""
        return f"Making {self.customers:,} customers and {self.orders:,} sale orders (once)"


def ensure(environment: Environment, sizes: Sizes) -> str:
    """Return the name of a database with the addon and the records."""
    name = databases.full_name(environment, _NAME)
    inputs = stamp.digest(
        APPS.inputs(environment),
        databases.addons_hash(),
        _addon_hash("graphql_api_bench"),
        SEED,
        str(sizes),
    )
    if database_server.origin(environment.server, name) == inputs:
        return name
    template = databases.ensure_template(environment, APPS)
    log = LOGS / f"{_NAME}.log"
    with step(sizes.doing, f"Database {name} is ready", log):
        database_server.copy(environment.server, template, name)
        databases.install(environment, name, _MODULES, log, addons_option())
        fill(environment, name, sizes, log)
        database_server.set_origin(environment.server, name, inputs)
    return name


def fill(environment: Environment, name: str, sizes: Sizes, log: Path) -> None:
    """Make the records in a database that has Odoo's apps."""
    process.run(
        [
            *(PYTHON, "-m", "bench.seed", CONFIGURATION, name),
            *(str(sizes.customers), str(sizes.orders)),
        ],
        log=log,
        env=environment.variables,
        cwd=ROOT,
        failure=f"The database {name} could not be filled.",
    )


def ensure_fastapi(environment: Environment, source: str) -> str:
    """Return the name of a copy of ``source`` with the ``fastapi`` addon.

    It is a database of its own: that addon takes part in every request of its database.
    """
    name = databases.full_name(environment, f"{_NAME}_fastapi")
    inputs = stamp.digest(
        database_server.origin(environment.server, source) or "",
        _addon_hash("graphql_api_bench_fastapi"),
    )
    if database_server.origin(environment.server, name) == inputs:
        return name
    log = LOGS / f"{_NAME}_fastapi.log"
    with step("Installing the addon fastapi (once)", f"Database {name} is ready", log):
        database_server.copy(environment.server, source, name)
        databases.install(
            environment.importing(FASTAPI.path),
            name,
            _FASTAPI_MODULES,
            log,
            addons_option(fastapi=True),
        )
        database_server.set_origin(environment.server, name, inputs)
    return name


def ensure_exposure(environment: Environment, source: str, resources: int, policies: int) -> str:
    """Return the name of a copy of ``source`` that serves so many resources under policies."""
    name = databases.full_name(environment, f"{_NAME}_{resources}")
    inputs = stamp.digest(
        database_server.origin(environment.server, source) or "", EXPOSURE, str(policies)
    )
    if database_server.origin(environment.server, name) == inputs:
        return name
    log = LOGS / f"{_NAME}_{resources}.log"
    with step(f"Exposing {resources} resources (once)", f"Database {name} is ready", log):
        database_server.copy(environment.server, source, name)
        databases.expose(environment, name, resources, policies, log)
        database_server.set_origin(environment.server, name, inputs)
    return name


def ensure_changes(environment: Environment, source: str) -> str:
    """Return the name of a copy of ``source`` with the addon about changes."""
    name = databases.full_name(environment, f"{_NAME}_changes")
    inputs = stamp.digest(
        database_server.origin(environment.server, source) or "",
        *(databases.addon_hash(ROOT / addon) for addon in CHANGES.addons),
    )
    if database_server.origin(environment.server, name) == inputs:
        return name
    log = LOGS / f"{_NAME}_changes.log"
    with step("Installing the addon about changes (once)", f"Database {name} is ready", log):
        database_server.copy(environment.server, source, name)
        databases.install(environment, name, CHANGES.addons, log, addons_option())
        database_server.set_origin(environment.server, name, inputs)
    return name


def ensure_changes_of(environment: Environment, source: str, customers: int) -> str:
    """Return the name of a copy of ``source`` with so many customers more, all of them in the log.

    :param source: of :func:`ensure_changes`
    """
    name = databases.full_name(environment, f"{_NAME}_changes_{customers}")
    inputs = stamp.digest(
        database_server.origin(environment.server, source) or "", CUSTOMERS, str(customers)
    )
    if database_server.origin(environment.server, name) == inputs:
        return name
    log = LOGS / f"{_NAME}_changes_{customers}.log"
    with step(f"Making {customers:,} customers (once)", f"Database {name} is ready", log):
        database_server.copy(environment.server, source, name)
        process.run(
            [PYTHON, "-m", "bench.customers", CONFIGURATION, name, str(customers)],
            log=log,
            env=environment.variables,
            cwd=ROOT,
            failure=f"Customers could not be made in the database {name}.",
        )
        database_server.set_origin(environment.server, name, inputs)
    return name


def addons_option(*, fastapi: bool = False) -> str:
    """Return Odoo's option for the addons path."""
    return f"--addons-path={addons_path(fastapi=fastapi)}"


def addons_path(*, fastapi: bool = False) -> str:
    """Return the addons path: the configured one and the benchmark's folders."""
    configuration = configparser.ConfigParser(interpolation=None)
    configuration.read(CONFIGURATION)
    folders = [configuration["options"]["addons_path"], str(ADDONS)]
    if fastapi:
        folders.append(str(FASTAPI.path / "odoo" / "addons"))
    return ",".join(folders)


def _addon_hash(name: str) -> str:
    folder = ADDONS / name
    files = (path for path in folder.rglob("*") if path.is_file())
    return stamp.digest_tree(folder, (path for path in files if "__pycache__" not in path.parts))
