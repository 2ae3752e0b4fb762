"""What the terminal shows while several processes run tests."""

from collections import Counter, defaultdict

import pytest


class Progress:
    """A line for each file that is finished and for each failure, instead of a letter for a test.

    Passed tests are counted as pytest does; parts of tests (subtests) are left to it.
    """

    def __init__(self, config: pytest.Config):
        self._plugins = config.pluginmanager
        self._left: Counter[str] = Counter()
        self._number = 0
        self._done = 0
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Count the tests of each file; all processes have found the same."""
        self._left = Counter(map(_file, ids))
        self._number = len(ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Say what is counted, without a letter that is printed."""
        if type(report) is not pytest.TestReport:
            return None
        if report.when == "call":
            return (report.outcome, "", "")
        return ("error" if report.failed else "", "", "")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print what is to be said after a part of a test."""
        if type(report) is not pytest.TestReport:
            return
        file = _file(report.nodeid)
        self._seconds[file] += report.duration
        if report.failed:
            self._print(f"[{self._share}] {report.when} failed: {report.nodeid}")
        if report.when == "teardown":
            self._left[file] -= 1
            self._done += 1
            if not self._left[file]:
                self._print(f"[{self._share}] {self._seconds[file]:6.1f} s  {file}")

    @property
    def _share(self) -> str:
        return f"{100 * self._done // self._number:3d}%"

    def _print(self, line: str) -> None:
        terminal: pytest.TerminalReporter = self._plugins.getplugin("terminalreporter")
        terminal.ensure_newline()
        terminal.write_line(line)


def _file(nodeid: str) -> str:
    return nodeid.split("::")[0]
