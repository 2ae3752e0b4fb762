"""What tests need that a machine or a database may not have.

``make test`` has all of it, and takes a skipped test for a failed one. Where the tests run
otherwise, as with ``odoo --test-enable``, those that lack something are skipped and say what.
"""

import importlib.util
import logging
import os
from unittest import SkipTest

from odoo.api import Environment

_logger = logging.getLogger(__name__)

_APPS = {
    *("sale_management", "crm", "contacts", "stock", "account", "purchase", "project", "hr"),
}
_PEOPLE = {"hr_holidays", "hr_timesheet"}
_LANGUAGES = {"en_US", "fr_FR", "nl_NL"}


def has_package(name: str) -> bool:
    """Tell whether a Python package is there that only tests import; log when it is not."""
    found = importlib.util.find_spec(name) is not None
    if not found:
        _logger.info("Tests that need the Python package %s are left out.", name)
    return found


def variable(name: str) -> str:
    """Return an environment variable with which ``make test`` leads tests to what they need.

    :raise SkipTest: if the tests have been started otherwise
    """
    if name not in os.environ:
        raise SkipTest(f"needs what {name} leads to, which make test of the project provides")
    return os.environ[name]


def database(env: Environment, kind: str | None) -> None:
    """Check what is in the database.

    :param kind: "apps" needs the apps of the catalog and three languages, "people" those about
        employees; "base" needs that no app is there. "apps" and "base" need demo data, None needs
        nothing.
    :raise SkipTest: if the database is another one
    """
    if not kind:
        return
    modules = env["ir.module.module"].search([("state", "=", "installed")])
    names = set(modules.mapped("name"))
    if kind == "people":
        if not names >= _PEOPLE:
            raise SkipTest(f"needs the apps {', '.join(sorted(_PEOPLE - names))}")
        return
    if not modules.filtered(lambda module: module.name == "base").demo:
        raise SkipTest("needs demo data")
    apps = _APPS & names
    if kind == "base" and apps:
        raise SkipTest(f"needs a database without {', '.join(sorted(apps))}")
    if kind == "apps" and apps < _APPS:
        raise SkipTest(f"needs the apps {', '.join(sorted(_APPS - apps))}")
    languages = {code for code, _name in env["res.lang"].get_installed()}
    if kind == "apps" and languages < _LANGUAGES:
        raise SkipTest(f"needs the languages {', '.join(sorted(_LANGUAGES - languages))}")
