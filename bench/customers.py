"""Give a database so many customers more. Runs in Odoo, as a process of its own.

Usage: python -m bench.customers <configuration file> <database> <customers>
"""

import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from bench.seed import multiply_customers


def main(configuration: str, database: str, customers: str) -> None:
    """Add them; PostgreSQL knows then how many there are."""
    config.parse_config([f"--config={configuration}", f"--database={database}", "--log-level=warn"])
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        multiply_customers(env, int(customers))
    with Registry(database).cursor() as cr:
        cr.execute("ANALYZE res_partner; ANALYZE graphql_api_change_log")


if __name__ == "__main__":
    main(*sys.argv[1:])
