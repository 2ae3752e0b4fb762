"""Call a function of a module of this folder with an environment of Odoo's, as a process.

Usage: python -m tests.days.odoo_process <configuration> <database> <module> <function> <login>

What the function returns is printed as JSON; what it has done is committed.
"""

import importlib
import json
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config


def main(configuration: str, database: str, module: str, function: str, login: str) -> None:
    """Call the function as a user, with what his requests would have in their context."""
    config.parse_config(
        [f"--config={configuration}", f"--database={database}", "--log-level=error"]
    )
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        user = env["res.users"].search([("login", "=", login)])
        env = env(user=user, context=dict(user.context_get(), lang="en_US"))
        result = getattr(importlib.import_module(module), function)(env)
        env.flush_all()
    env.registry.signal_changes()  # a server keeps groups and settings, too
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
