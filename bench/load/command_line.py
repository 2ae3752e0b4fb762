"""``make load``: put load on the cluster step by step, and write down what it bears."""

import argparse
import contextlib
import json
import time

from bench import machine
from bench.database import Sizes
from bench.load import database, picture, report, step
from bench.load.capacity import Use
from bench.load.settings import Settings
from bench.packages import LOCUST
from bench.places import (
    LOAD_DOCUMENT,
    LOAD_DOCUMENT_PICTURE,
    LOAD_PICTURE,
    LOAD_RESULTS,
    LOAD_TABLES,
    RESULTS_FOLDER,
    replace,
)
from bench.report import document
from tools import database_server, environment, lock
from tools.cluster.cluster import Cluster
from tools.environment import Environment
from tools.paths import ROOT
from tools.progress import say

_STEPS = {1: (1, 1), 2: (2, 1), 4: (2, 2)}
"""Workers in all -> servers, and workers of each."""
_KEYS = 12
_USE = Use()


def run(arguments: list[str]) -> int:
    """Run the load test; return the exit code."""
    chosen = _parse(arguments)
    started = time.monotonic()
    with lock.exclusive("bench"):
        with lock.exclusive("setup"):
            current = environment.ensure()
            LOCUST.ensure()
            sizes = Sizes(chosen.customers, chosen.orders)
            source = database.ensure(current, sizes)
        results = {
            **machine.describe(current, fastapi=False),
            "locust": LOCUST.version("locust"),
            "sizes": {"customers": sizes.customers, "orders": sizes.orders},
            "minutes": chosen.minutes,
            "steps": [],
        }
        for workers in chosen.steps:
            phones = chosen.phones * workers
            results["steps"].append(_step(current, source, workers, phones, 0, chosen.minutes))
        if chosen.check:
            # As many phones as the last step says that there may be, with time to think.
            last = results["steps"][-1]
            phones = max(int(last["per_second"] * _USE.busy * _USE.pause), 1)
            results["check"] = _step(
                current, source, last["workers"], phones, _USE.pause, chosen.minutes
            )
    results["seconds"] = round(time.monotonic() - started)
    return _write(results, chosen.write_docs)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make load ARGS=...",
        description="Put the load of a sales app on the cluster, with more and more workers.",
    )
    add = parser.add_argument
    add("--minutes", type=float, default=10, help="of each step, after warming up (%(default)s)")
    add(
        "--steps",
        type=lambda text: [int(part) for part in text.split(",")],
        default=list(_STEPS),
        help="numbers of workers in all, of 1, 2 and 4 (1,2,4)",
    )
    add(
        "--phones",
        type=int,
        default=4,
        help="for each worker, which send a request as soon as they have a response (%(default)s)",
    )
    add(
        "--no-check",
        dest="check",
        action="store_false",
        help="leave out the last step: as many phones as it should bear, with time to think",
    )
    add("--customers", type=int, default=20_000, help="records to make (%(default)s)")
    add("--orders", type=int, default=20_000, help="sale orders to make (%(default)s)")
    add("--write-docs", action="store_true", help="put the figures into docs/scaling.md")
    found = parser.parse_args(arguments)
    if unknown := set(found.steps) - set(_STEPS):
        parser.error(f"there is no step of {', '.join(map(str, unknown))} workers")
    return found


def _step(
    current: Environment, source: str, workers: int, phones: int, think: float, minutes: float
) -> dict:
    servers, each = _STEPS[workers]
    duration = minutes * 60
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(
            Cluster(current, workers=each, servers=servers, database=database.NAME, source=source)
        )
        # What is written now is not to be there in the next step.
        database_server.set_origin(cluster.primary.login, database.NAME, "used")
        keys = database.people(cluster, _KEYS)
        say(f"{workers} workers, {phones} phones, {minutes:g} minutes after warming up ...")
        return step.run(
            cluster,
            Settings(
                url=f"https://127.0.0.1:{cluster.nginx.port}",
                certificate=str(cluster.nginx.certificate),
                keys=keys,
                phones=phones,
                think=think,
                # A phone begins with several requests at once: they are not to come all together.
                warm_up=max(min(duration / 10, 60), 5, 6 * think),
                duration=duration,
                every=min(10, max(duration / 10, 0.5)),
            ),
        )


def _write(results: dict, write_docs: bool) -> int:
    RESULTS_FOLDER.mkdir(parents=True, exist_ok=True)
    figures, drawing = report.figures(results), picture.draw(results)
    written = {
        LOAD_RESULTS: json.dumps(results, indent=1),
        LOAD_TABLES: figures,
        LOAD_PICTURE: drawing,
    }
    if write_docs:
        shown = f"![Scaling curves]({LOAD_DOCUMENT_PICTURE.name})\n\n{figures}"
        written[LOAD_DOCUMENT_PICTURE] = drawing
        written[LOAD_DOCUMENT] = document(LOAD_DOCUMENT.read_text(), shown, "load")
    for path, text in written.items():
        replace(path, text)
    print(figures)
    names = ", ".join(str(path.relative_to(ROOT)) for path in written)
    say(f"Done in {results['seconds']} s. Written: {names}")
    wrong = report.problems(results)
    for example in (line for found in results["steps"] for line in found["examples"]):
        say(f"  {example}")
    for problem in wrong:
        say(f"Error: {problem}")
    return 1 if wrong else 0
