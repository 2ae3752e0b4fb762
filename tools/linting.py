"""``make lint`` and ``make format``."""

import os
import subprocess

from tools import lock, odoo_source
from tools.paths import ADDONS, EXAMPLES, PYTHON, ROOT, STATE
from tools.progress import say


def lint() -> int:
    """Check everything, also after a finding; return 1 if there was any."""
    with lock.exclusive("setup"):
        import_path = odoo_source.ensure()[1]
    checks = [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("pylint", *_addons()),
        ("mypy",),
    ]
    codes = [_check(check, str(import_path)) for check in checks]
    return int(any(codes))


def reformat() -> int:
    """Correct what can be corrected."""
    fixed = _check(("ruff", "check", "--fix", "."))
    return _check(("ruff", "format", ".")) or fixed


def _addons() -> list[str]:
    folders = [*ADDONS, *(path.parent for path in sorted(EXAMPLES.glob("*/__manifest__.py")))]
    return [str(path.relative_to(ROOT)) for path in folders]


def _check(command: tuple[str, ...], import_path: str = "") -> int:
    say(f"$ {' '.join(command)}")
    return subprocess.run(
        [PYTHON, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": import_path, "PYLINTHOME": str(STATE / "pylint")},
        check=False,
    ).returncode
