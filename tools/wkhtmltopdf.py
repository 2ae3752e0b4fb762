"""wkhtmltopdf, which makes Odoo's PDFs: the machine's own if it is on the PATH, else Debian's."""

import shutil
from pathlib import Path

from tools import fonts
from tools.debian_program import DebianProgram
from tools.progress import StepFailed


def ensure() -> Path:
    """Return the program, fetched if need be."""
    found = shutil.which("wkhtmltopdf")
    return Path(found) if found else _WKHTMLTOPDF.ensure()


def offer() -> None:
    """Fetch the program if need be; where that cannot be, say so and go on without PDFs."""
    try:
        ensure()
    except StepFailed as error:
        print(f"There will be no PDFs. {error}", flush=True)


def _variables(root: Path) -> dict[str, str]:
    plugins = next(root.glob("usr/lib/*/qt5/plugins"))
    return {"QT_PLUGIN_PATH": str(plugins), **fonts.write_configuration(root)}


_WKHTMLTOPDF = DebianProgram(
    title="wkhtmltopdf",
    packages=("wkhtmltopdf", "fonts-dejavu-core"),
    path="usr/bin/wkhtmltopdf",
    # Unlike its version, a page needs all of its plugins.
    check=("--quiet", "--disable-javascript", "data:text/html,", "-"),
    variables=_variables,
)

FOLDER = _WKHTMLTOPDF.folder
"""Where Odoo finds the program by its name, once it is fetched."""
