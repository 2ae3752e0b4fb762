"""nginx: the machine's own if it is on the PATH, else Debian's."""

import shutil
from pathlib import Path

from tools.debian_program import DebianProgram

_NGINX = DebianProgram(title="nginx", packages=("nginx",), path="usr/sbin/nginx", check=("-v",))


def ensure() -> Path:
    """Return the program, fetched if need be."""
    found = shutil.which("nginx")
    return Path(found) if found else _NGINX.ensure()
