"""What pytest needs to know of the environment: databases, programs, and which files come first."""

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

from tools import chromium, databases, environment, lock, node, wkhtmltopdf
from tools.databases import WorkingCopy
from tools.environment import CONFIGURATION
from tools.paths import STATE
from tools.progress import StepFailed
from tools.pytest_progress import Progress

_ON_CLUSTER = ("tests/cluster/", "tests/test_make_cluster.py", "tests/test_make_load.py")
"""The beginnings of the paths of test files that use the one cluster of a checkout."""

_DATABASE = pytest.StashKey[WorkingCopy]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the command line say what databases are made from, and where screenshots go."""
    parser.addoption(
        "--odoo-template",
        choices=sorted(databases.TEMPLATES),
        default="apps",
        help="what the database of each process is a copy of",
    )
    parser.addoption(
        "--screenshots",
        metavar="FOLDER",
        type=Path,
        default=STATE / "screenshots",
        help="where the tests that drive a browser put their screenshots",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Name the database of this process, before pytest-odoo tells Odoo."""
    # pytest-odoo would copy a database too, but not its filestore, which other servers look for
    # by the name of the database.
    worker = os.environ.pop("PYTEST_XDIST_WORKER", None)
    if worker:
        config.option.odoo_database += f"_{worker}"
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Tell what the processes have done."""
    if config.option.dist != "no":
        config.pluginmanager.register(Progress(config))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling:
    """Say how the tests are shared among processes."""
    return _Scheduling(config, log)


class _Scheduling(LoadFileScheduling):
    """The tests of a file run in one process, and so do files that use the same servers."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/days/"):
            return "days"
        return "cluster" if nodeid.startswith(_ON_CLUSTER) else super()._split_scope(nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make markers of Odoo's tags, and begin with the files that take long.

    Else one process would still be busy with such a file when the others have ended.
    """
    for item in items:
        for tag in _SLOW & set(getattr(getattr(item, "cls", None), "test_tags", ())):
            item.add_marker(tag)
    slow = {item.path for item in items if any(map(item.get_closest_marker, _SLOW))}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Set up what the selected tests need."""
    if session.config.option.collectonly:
        return
    capture = session.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        try:
            _set_up(session)
        except StepFailed as error:
            raise pytest.UsageError(str(error)) from None


def _set_up(session: pytest.Session) -> None:
    os.environ["GRAPHQL_API_CONFIGURATION"] = str(CONFIGURATION)
    os.environ["GRAPHQL_API_SCREENSHOTS"] = str(session.config.option.screenshots.absolute())
    for marker, program in _PROGRAMS.items():
        if any(item.get_closest_marker(marker) for item in session.items):
            with lock.exclusive("setup"):
                os.environ.update(program())
    if any(hasattr(getattr(item, "cls", None), "test_tags") for item in session.items):
        with lock.exclusive("setup"):
            current = environment.ensure()
        session.config.stash[_DATABASE] = WorkingCopy.take(
            current,
            session.config.option.odoo_database,
            databases.TEMPLATES[session.config.option.odoo_template],
            # Of several processes each is to find the same, whatever they did last time.
            anew=hasattr(session.config, "workerinput"),
        )


_PROGRAMS: dict[str, Callable[[], dict[str, str]]] = {
    "browser": lambda: {"GRAPHQL_API_BROWSER": str(chromium.ensure()), **node.ensure_axe()},
    "node": node.ensure,
    # Odoo finds it on the PATH, where it is by then.
    "pdf": lambda: {"GRAPHQL_API_WKHTMLTOPDF": str(wkhtmltopdf.ensure())},
}
"""Marker -> what sets up what its tests run, and returns the variables that lead them to it."""

_SLOW = {*_PROGRAMS, "cluster", "generated", "server"}
"""The markers of what ``make check`` leaves out; pyproject.toml says what they mean."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a skipped test fail: whoever calls this plugin has all that tests need."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
    return report


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the database for the next call, unless a test may have left something behind."""
    database = session.config.stash.get(_DATABASE, None)
    if database and exitstatus == pytest.ExitCode.OK:
        database.give_back()
