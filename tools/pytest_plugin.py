"""What pytest needs to know of the environment: a browser for the tests that drive one."""

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
