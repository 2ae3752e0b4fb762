"""Loads a data file as an addon's is loaded, and undoes it; a process of its own in Odoo.

Usage: load_data.py <database> <file>; the configuration is that of the variable ODOO_RC.
"""

import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config
from odoo.tools.convert import convert_xml_import


def main(database: str, file: str) -> None:
    """Load the file into the database.

    :raise Exception: of Odoo, when it cannot be loaded
    """
    config.parse_config([f"--database={database}", "--log-level=error"], setup_logging=True)
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {"install_mode": True})
        convert_xml_import(env, "documentation", file, noupdate=True)
        env.flush_all()
        cr.rollback()


if __name__ == "__main__":
    main(*sys.argv[1:])
