"""Print a new API key of a user. Runs in Odoo's environment, as a process of its own.

Usage: generate_key.py <configuration file> <database> <login>
"""

import datetime
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

_DAYS = 30


def generate(env: Environment, login: str) -> str:
    """Return a new key, valid for 30 days or for as long as the user's groups allow."""
    user = env["res.users"].search([("login", "=", login)])
    if not user:
        logins = env["res.users"].search([], limit=20).mapped("login")
        raise SystemExit(f"no active user has the login {login!r}; there are: {', '.join(logins)}")
    keys = env["res.users.apikeys"].with_user(user)
    days = _DAYS
    if not keys.env.is_system():  # an administrator's key may live as long as he likes
        allowed = max(user.all_group_ids.mapped("api_key_duration"), default=0)
        days = min(_DAYS, allowed or 1)  # Odoo: without a group's word, one day
    # A minute less, or the clock says that the limit is exceeded.
    lifetime = datetime.timedelta(days=days) - datetime.timedelta(minutes=1)
    return keys._generate(None, "graphql_api development", datetime.datetime.now() + lifetime)


def main(configuration: str, database: str, login: str) -> None:
    """Generate the key and print it."""
    config.parse_config(
        [f"--config={configuration}", f"--database={database}", "--log-level=error"]
    )
    with Registry(database).cursor() as cr:
        key = generate(Environment(cr, SUPERUSER_ID, {}), login)
    print(key)


if __name__ == "__main__":
    main(*sys.argv[1:])
