"""What pytest needs to know of the environment: a browser, and who runs which files."""

import os
from pathlib import Path

import pytest

from tools import chromium, lock
from tools.paths import STATE
from tools.progress import StepFailed

_TAG = "browser"  # the tag of test classes, in Odoo's sense


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the command line say where screenshots go."""
    parser.addoption(
        "--screenshots",
        metavar="FOLDER",
        type=Path,
        default=STATE / "screenshots",
        help="where the tests that drive a browser put their screenshots",
    )
    parser.addoption(
        "--share-files",
        metavar="FOLDER",
        type=Path,
        help="run only the files that no other process notes in this folder to have taken",
    )
    parser.addoption("--backwards", action="store_true", help="begin with the last file")


def pytest_configure(config: pytest.Config) -> None:
    """Share the files with the other process, where there is one."""
    if config.option.share_files:
        config.pluginmanager.register(_SharedFiles(config.option.share_files))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the files, not the tests in them, in the order that is asked for."""
    if config.option.backwards:
        items.sort(key=lambda item: item.path, reverse=True)


class _SharedFiles:
    """Processes with the same files: each takes the next one that is free."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._taken: dict[Path, bool] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Leave out, by saying that it was run, what another process has taken."""
        return None if self._take(item.path) else True

    def _take(self, path: Path) -> bool:
        if path not in self._taken:
            try:
                (self._folder / path.name).touch(exist_ok=False)
            except FileExistsError:
                self._taken[path] = False
            else:
                self._taken[path] = True
        return self._taken[path]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Set up the browser, unless no selected test needs it."""
    if session.config.option.collectonly or not any(map(_needs_browser, session.items)):
        return
    capture = session.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled(), lock.exclusive("setup"):
        try:
            browser = chromium.ensure()
        except StepFailed as error:
            raise pytest.UsageError(str(error)) from None
    os.environ["GRAPHQL_API_BROWSER"] = str(browser)
    os.environ["GRAPHQL_API_SCREENSHOTS"] = str(session.config.option.screenshots.absolute())


def _needs_browser(item: pytest.Item) -> bool:
    return _TAG in getattr(getattr(item, "cls", None), "test_tags", ())
