"""Chromium for the tests of the screens: the machine's own if it is on the PATH, else Debian's."""

import shutil
from pathlib import Path

from tools.debian_program import DebianProgram

_NAMES = ("chromium", "google-chrome")


def ensure() -> Path:
    """Return the program, fetched if need be."""
    for name in _NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _CHROMIUM.ensure()


def _fonts(root: Path) -> dict[str, str]:
    """Write which fonts there are, and return the variable that says so."""
    fonts = root.parent / "fonts.conf"
    fonts.write_text(
        f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{root}/usr/share/fonts</dir>
  <cachedir>{root.parent}/fonts</cachedir>
  <alias><family>sans-serif</family><prefer><family>Roboto</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""
    )
    return {"FONTCONFIG_FILE": str(fonts)}


_CHROMIUM = DebianProgram(
    title="Chromium",
    # Roboto is the font that Odoo's screens ask for first.
    packages=("chromium", "fonts-roboto-unhinted"),
    path="usr/lib/chromium/chromium",
    check=("--version",),
    variables=_fonts,
)
