"""A shell like the reader's, which keeps its variables from one block to the next."""

import os
import re
import select
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.paths import PYTHON, ROOT

_PATIENCE = 600  # seconds

# What curl is told beside the page's own options; its messages and the status of each response
# are kept.
_CURL = """#!/bin/sh
exec {curl} --max-time 60 --write-out '%{{stderr}}\\nstatus %{{http_code}}\\n' "$@" 2>>{statuses}
"""

# A key is really made, once for each user: it takes a while.
_MAKE = """#!/bin/sh
answer={folder}/make-$(echo "$*" | tr -c 'a-zA-Z0-9=\\n' _)
if ! [ -e "$answer" ]; then
  {make} --no-print-directory -C {root} "$@" >"$answer.new" || exit 1
  mv "$answer.new" "$answer"
fi
cat "$answer"
"""


_ODOO = """#!/bin/sh
exec {python} -m odoo "$@"
"""


class CommandFailed(AssertionError):
    """A command ended with an error; the text has what it said."""


@dataclass(frozen=True)
class Output:
    """What a block printed, and the HTTP statuses of its calls of curl."""

    text: str
    statuses: tuple[int, ...]


class Shell:
    """One bash; a context manager, at whose end it is gone.

    :param folder: where it starts, and where what it needs is kept
    :param keys: where the answers of ``make key`` are kept for other shells
    """

    def __init__(self, folder: Path, keys: Path, variables: Mapping[str, str]):
        self._folder = folder
        self._statuses = folder / "statuses"
        programs = folder / "bin"
        programs.mkdir()
        _write_program(programs / "curl", _CURL, curl=_path("curl"), statuses=self._statuses)
        _write_program(programs / "make", _MAKE, make=_path("make"), folder=keys, root=ROOT)
        _write_program(programs / "odoo", _ODOO, python=PYTHON)
        self._variables = {
            **variables,
            "PATH": f"{programs}{os.pathsep}{variables['PATH']}",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def __enter__(self):
        work = self._folder / "work"
        work.mkdir()
        # The reader is in the checkout, but files that the commands write do not go there.
        for path in ROOT.iterdir():
            (work / path.name).symlink_to(path)
        self._process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=work,
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_):
        # With whatever a command has left running.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def run(self, commands: str) -> Output:
        """Run commands of a page.

        :raise CommandFailed: when one of them fails, or takes minutes
        """
        script, output, errors = (self._folder / name for name in ("script", "output", "errors"))
        script.write_text(commands)
        self._statuses.write_text("")
        self._process.stdin.write(
            f"set -euo pipefail; . {script} >{output} 2>{errors} </dev/null; echo done\n"
        )
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], _PATIENCE)
        if not ready or self._process.stdout.readline() != "done\n":
            what = "A command failed" if ready else "The commands take too long"
            said = self._statuses.read_text() + errors.read_text()[-2000:]
            raise CommandFailed(f"{what}. {said}{output.read_text()[-1000:]}".strip())
        statuses = re.findall(r"^status (\d+)$", self._statuses.read_text(), re.MULTILINE)
        return Output(output.read_text(), tuple(map(int, statuses)))

    def write(self, name: str, text: str) -> Path:
        """Write a file for the commands; return its path."""
        path = self._folder / name
        path.write_text(text)
        return path


def _path(program: str) -> str:
    found = shutil.which(program)
    assert found, f"{program} is not on the PATH."
    return found


def _write_program(path: Path, text: str, **values: object) -> None:
    path.write_text(text.format(**values))
    path.chmod(0o755)
