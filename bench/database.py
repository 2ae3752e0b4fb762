"""The benchmark's databases: made once, used again while what they are made from is the same."""

import configparser
from dataclasses import dataclass
from pathlib import Path

from bench import fastapi_packages
from bench.places import ADDONS, FASTAPI_PACKAGES
from tools import database_server, databases, process, stamp
from tools.databases import APPS
from tools.environment import CONFIGURATION, Environment
from tools.paths import ADDON, LOGS, PYTHON, ROOT
from tools.progress import step

_NAME = "graphql_api_bench"
_SEED = Path(__file__).with_name("seed.py")
_MODULES = (ADDON.name, "rpc", "graphql_api_bench")
_FASTAPI_MODULES = ("graphql_api_bench_fastapi",)


@dataclass(frozen=True)
class Sizes:
    """Numbers of records."""

    customers: int
    orders: int


def ensure(environment: Environment, sizes: Sizes) -> str:
    """Return the name of a database with the addon and the records."""
    name = databases.full_name(environment, _NAME)
    inputs = stamp.digest(
        APPS.inputs(environment),
        databases.addon_hash(),
        _addon_hash("graphql_api_bench"),
        _SEED,
        str(sizes),
    )
    if database_server.origin(environment.server, name) == inputs:
        return name
    template = databases.ensure_template(environment, APPS)
    log = LOGS / f"{_NAME}.log"
    doing = f"Making {sizes.customers:,} customers and {sizes.orders:,} sale orders (once)"
    with step(doing, f"Database {name} is ready", log):
        database_server.copy(environment.server, template, name)
        databases.install(environment, name, _MODULES, log, addons_option())
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
        database_server.set_origin(environment.server, name, inputs)
    return name


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
            fastapi_packages.importable(environment),
            name,
            _FASTAPI_MODULES,
            log,
            addons_option(fastapi=True),
        )
        database_server.set_origin(environment.server, name, inputs)
    return name


def addons_option(*, fastapi: bool = False) -> str:
    """Return Odoo's option for the addons path: the configured one and the benchmark's."""
    configuration = configparser.ConfigParser(interpolation=None)
    configuration.read(CONFIGURATION)
    folders = [configuration["options"]["addons_path"], str(ADDONS)]
    if fastapi:
        folders.append(str(FASTAPI_PACKAGES / "odoo" / "addons"))
    return f"--addons-path={','.join(folders)}"


def _addon_hash(name: str) -> str:
    folder = ADDONS / name
    files = (path for path in folder.rglob("*") if path.is_file())
    return stamp.digest_tree(folder, (path for path in files if "__pycache__" not in path.parts))
