"""Chromium for the tests of the screens: the machine's own if it is on the PATH, else Debian's."""

import shutil
from pathlib import Path

from tools import fonts
from tools.debian_program import DebianProgram

_NAMES = ("chromium", "google-chrome")


def ensure() -> Path:
    """Return the program, fetched if need be."""
    for name in _NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _CHROMIUM.ensure()


_CHROMIUM = DebianProgram(
    title="Chromium",
    # Roboto is the font that Odoo's screens ask for first.
    packages=("chromium", "fonts-roboto-unhinted"),
    path="usr/lib/chromium/chromium",
    check=("--version",),
    variables=fonts.write_configuration,
)
