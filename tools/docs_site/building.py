"""``make docs``, and the site that releases contain."""

import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

from tools import lock, node, process, stamp
from tools.odoo_server import HOST, answers
from tools.package_folder import PackageFolder
from tools.paths import ADDON, LOGS, PYTHON, ROOT, STATE, TOOLS, replace_link
from tools.progress import StepFailed, step

CONFIGURATION = ROOT / "mkdocs.yml"
IN_ADDON = Path("static", "docs")
"""Where the addon has the site, which Odoo then serves below ``/graphql_api/static/docs/``."""
_HERE = Path(__file__).resolve().parent
_SITE = STATE / "docs" / "site"
_LIBRARIES = STATE / "docs" / "libraries"
_PACKAGES = PackageFolder("MkDocs", STATE / "docs" / "mkdocs", TOOLS / "requirements" / "docs.txt")
_SOURCES = ("docs", "deploy", "examples", "graphql_api/data/policies")
"""Folders that pages are in, or lead to."""
_SOURCE_FILES = ("mkdocs.yml", "CHANGELOG.md", "CONTRIBUTING.md")
_PORT = "8000"
_READY_WITHIN = 60  # seconds


def serve() -> int:
    """``make docs``: serve the pages, and build them again when one of them changes."""
    port = os.environ.get("PORT") or _PORT
    with lock.exclusive("setup"):
        _ensure_tools()
    address = f"http://{HOST}:{port}"
    if answers(address):
        raise StepFailed(f"Port {port} is in use. Name another one: make docs PORT=8001")
    server = subprocess.Popen(
        [*_mkdocs("serve"), "--quiet", "--dev-addr", f"{HOST}:{port}"],
        env=_variables(),
        cwd=ROOT,
    )
    threading.Thread(target=_announce, args=(server, address), daemon=True).start()
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        process.stop(server)


def _announce(server: subprocess.Popen, address: str) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while not answers(address):
        if server.poll() is not None or time.monotonic() > deadline:
            return
        time.sleep(0.2)
    print(
        f"""
The documentation is at {address}/ . Ctrl-C ends it.

  Press S or F on a page to search. A page that you change in docs/ is shown anew at once.
  make test ARGS=tests/test_docs_site.py checks links, navigation and search.
""",
        flush=True,
    )


def ensure() -> Path:
    """Build the site, unless it is there; return its folder.

    :raise StepFailed: a link leads nowhere, or a page is not in the navigation
    """
    inputs = _inputs()
    if stamp.is_current(_SITE, inputs):
        return _SITE
    _ensure_tools()
    temporary = _SITE.with_name("site.new")
    log = LOGS / "docs.log"
    with step("Building the documentation", "Documentation built", log):
        process.run(
            [*_mkdocs("build"), "--strict", "--site-dir", temporary],
            log=log,
            failure="The documentation could not be built.",
            env=_variables(),
            cwd=ROOT,
        )
        stamp.mark(temporary, inputs)
        shutil.rmtree(_SITE, ignore_errors=True)
        temporary.rename(_SITE)
    return _SITE


def offer() -> None:
    """Let Odoo serve the site from the checkout; where it cannot be built, say so and go on."""
    try:
        replace_link(ADDON / IN_ADDON, Path("..", "..", ensure().relative_to(ROOT)))
    except (StepFailed, OSError) as error:
        print(f"Odoo will have no documentation. {error}", flush=True)


def _ensure_tools() -> None:
    """Install MkDocs and fetch what pages load beside the theme's files."""
    _PACKAGES.ensure()
    inputs = node.digest(_HERE)
    if stamp.is_current(_LIBRARIES, inputs):
        return
    log = LOGS / "docs-libraries.log"
    with step("Fetching what draws diagrams", "Fetched", log):
        stamp.mark(node.install(_HERE, _LIBRARIES, log), inputs)


def _inputs() -> str:
    """Return the hash of what the site is made from."""
    files = [
        path
        for folder in _SOURCES
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    files += [ROOT / name for name in _SOURCE_FILES]
    tools = (node.digest(_HERE), _PACKAGES.requirements, _HERE / "hooks.py")
    return stamp.digest(stamp.digest_tree(ROOT, files), *tools)


def _mkdocs(command: str) -> list[str | os.PathLike]:
    return [PYTHON, "-m", "mkdocs", command, "--config-file", CONFIGURATION]


def _variables() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(_PACKAGES.path),
        # The same bytes each time: MkDocs would write the day of the build.
        "SOURCE_DATE_EPOCH": "0",
        "GRAPHQL_API_DOCS_LIBRARIES": str(_LIBRARIES / "node_modules"),
        # Without it the theme advertises at each start.
        "NO_MKDOCS_2_WARNING": "1",
    }
