"""``make bench``: set up, measure, write down, say what to read next."""

import contextlib
import json
import time
from pathlib import Path

from bench import (
    changes,
    database,
    exposure,
    machine,
    odoo_module,
    options,
    picture,
    preparation,
    report,
    targets,
)
from bench.competitors import GRANIAN_PEERS, Competitors, competitors
from bench.exchange import BadResponse
from bench.options import Options
from bench.packages import FASTAPI
from bench.peers.access import Access
from bench.places import (
    DOCUMENT,
    DOCUMENT_PICTURE,
    PICTURE,
    RESULTS,
    RESULTS_FOLDER,
    TABLES,
    replace,
)
from bench.run import run as measure_all
from bench.server import GranianServer, OdooServer
from bench.workloads import Places
from tools import api_key, environment, lock
from tools.environment import Environment
from tools.granian_server import GRANIAN
from tools.paths import LOGS, ROOT
from tools.progress import StepFailed, say


def run(arguments: list[str]) -> int:
    """Run the benchmark; return the exit code."""
    chosen = options.parse(arguments)
    started = time.monotonic()
    with lock.exclusive("bench"), contextlib.ExitStack() as servers:
        with lock.exclusive("setup"):
            current = environment.ensure()
            name = database.ensure(current, chosen.sizes)
            fastapi, left_out = _ensure_fastapi(current, name, chosen)
        about = machine.describe(current, bool(fastapi))
        try:
            peers, places = _start(servers, current, name, fastapi, chosen)
            results = measure_all(chosen, about, peers, places, left_out)
            for part in (exposure, changes):
                results |= part.run(
                    current, name, chosen, lambda server: _access(current, server, chosen.login)
                )
        except (BadResponse, OSError) as error:
            raise StepFailed(f"The run was given up. {error}") from error
    results["targets"] = targets.check(results)
    results["seconds"] = round(time.monotonic() - started)
    _write(results, chosen)
    missed = [target for target in results["targets"] if not target["reached"]]
    return 1 if missed and chosen.strict else 0


def _ensure_fastapi(current: Environment, source: str, chosen: Options) -> tuple[str | None, str]:
    """Return the database with OCA's addon, or None and why there is none."""
    if "fastapi" not in chosen.peers:
        return None, ""
    try:
        FASTAPI.ensure()
        return database.ensure_fastapi(current, source), ""
    except StepFailed as error:
        say(f"Going on without OCA's fastapi: {error}")
        return None, f"OCA's addon fastapi: {str(error).splitlines()[0]}"


def _start(
    servers: contextlib.ExitStack,
    current: Environment,
    name: str,
    fastapi: str | None,
    chosen: Options,
) -> tuple[Competitors, Places]:
    """Start the servers, to be stopped with ``servers``."""
    say("Starting Odoo ...")
    server = servers.enter_context(
        OdooServer(
            current,
            name,
            LOGS / "bench_server.log",
            database.addons_option(),
            workers=chosen.workers,
        )
    )
    access = _access(current, server, chosen.login)
    with_policy = None
    if "graphql_policy" in chosen.peers:
        policy_key = _key_with_policy(current, server.database, chosen.login)
        with_policy = Access(server.database, access.user_id, policy_key)
    with_fastapi = None
    if fastapi:
        other = servers.enter_context(
            OdooServer(
                current.importing(FASTAPI.path),
                fastapi,
                LOGS / "bench_server_fastapi.log",
                database.addons_option(fastapi=True),
                workers=chosen.workers,
            )
        )
        with_fastapi = (other, _access(current, other, chosen.login))
    granian = None
    if not set(GRANIAN_PEERS).isdisjoint(chosen.peers):
        GRANIAN.ensure()
        granian = servers.enter_context(
            GranianServer(
                current,
                name,
                LOGS / "bench_server_granian.log",
                addons_path=database.addons_path(),
            )
        )
    places = preparation.places(server, access.key, chosen.sizes.customers)
    return competitors(
        server, access, places.order_ids, with_policy, with_fastapi, granian, chosen.peers
    ), places


def _key_with_policy(current: Environment, name: str, login: str) -> str:
    failure = f"No key under a policy was made in the database {name}."
    return odoo_module.result_of(current, "bench.policy_key", name, login, failure)


def _access(current: Environment, server: OdooServer, login: str) -> Access:
    key = api_key.remembered(current, server.database, login)
    return Access(server.database, preparation.user_id(server, key), key)


def _write(results: dict, chosen: Options) -> None:
    RESULTS_FOLDER.mkdir(parents=True, exist_ok=True)
    figures = report.tables(results)
    replace(RESULTS, json.dumps(results, indent=1))
    replace(TABLES, figures)
    drawing = picture.draw(results["scaling"], results["peers"]) if results["scaling"] else ""
    if drawing:
        replace(PICTURE, drawing)
    print(figures)
    if chosen.write_docs:
        shown = f"![Scaling curves]({DOCUMENT_PICTURE.name})\n\n{figures}"
        replace(DOCUMENT_PICTURE, drawing)
        replace(DOCUMENT, report.document(DOCUMENT.read_text(), shown))
    missed = sum(not target["reached"] for target in results["targets"])
    say(
        f"Done in {results['seconds']} s; {missed} of {len(results['targets'])} targets missed.\n"
        f"All figures: {_shown(RESULTS)}, the tables above: {_shown(TABLES)}"
        + (f", the curves: {_shown(PICTURE)}" if drawing else "")
        + f"\nWhat they mean: {_shown(DOCUMENT)}"
    )


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
