"""What the addon's pages for developers load: files of npm packages, copied into the addon."""

import shutil
from pathlib import Path

from tools import lock, node, stamp
from tools.paths import ADDON, LOGS, STATE, TOOLS
from tools.progress import say, step

_PACKAGES = TOOLS / "assets"
_TARGET = ADDON / "static" / "lib"

_FILES = {
    "react": {
        "react/umd/react.production.min.js": "react.js",
        "react-dom/umd/react-dom.production.min.js": "react-dom.js",
        "react/LICENSE": "LICENSE",
    },
    "graphiql": {
        "graphiql/graphiql.min.js": "graphiql.js",
        "graphiql/graphiql.min.css": "graphiql.css",
        "@graphiql/plugin-explorer/dist/index.umd.js": "explorer.js",
        "@graphiql/plugin-explorer/dist/style.css": "explorer.css",
        "graphiql/LICENSE": "LICENSE",
    },
    "swagger-ui": {
        "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui.js",
        "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
        "swagger-ui-dist/swagger-ui.css": "swagger-ui.css",
        "swagger-ui-dist/LICENSE": "LICENSE",
        "swagger-ui-dist/NOTICE": "NOTICE",
    },
}
"""Folder below static/lib -> file of a package -> its name there."""

_SOURCE_MAPS = ("//# sourceMappingURL=", "/*# sourceMappingURL=")


def fetch() -> int:
    """``make assets``: fetch what is missing and say where it is."""
    with lock.exclusive("setup"):
        ensure()
    say(f"GraphiQL and Swagger UI are in {_TARGET}.")
    return 0


def ensure() -> None:
    """Put the files into the addon, unless they are there at the pinned versions."""
    inputs = stamp.digest(node.digest(_PACKAGES), repr(_FILES))
    if stamp.is_current(_TARGET, inputs):
        return
    log = LOGS / "assets.log"
    with step("Fetching GraphiQL and Swagger UI", "GraphiQL and Swagger UI fetched", log):
        packages = node.install(_PACKAGES, STATE / "assets", log)
        _copy(packages / "node_modules", inputs)
        shutil.rmtree(packages)


def _copy(modules: Path, inputs: str) -> None:
    temporary = _TARGET.with_name("lib.new")
    shutil.rmtree(temporary, ignore_errors=True)
    for folder, files in _FILES.items():
        (temporary / folder).mkdir(parents=True)
        for source, name in files.items():
            # Without the line that leads to a source map, which is not there.
            lines = (modules / source).read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not line.startswith(_SOURCE_MAPS)]
            (temporary / folder / name).write_text("".join(kept), encoding="utf-8")
    stamp.mark(temporary, inputs)
    shutil.rmtree(_TARGET, ignore_errors=True)
    temporary.rename(_TARGET)
