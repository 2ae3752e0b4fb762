"""Odoo's WSGI application, for an HTTP server that is not Odoo's own: docs/operating.md.

Odoo's configuration is the file that the environment variable ODOO_RC names.
"""

from odoo.http import root as application
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config([], setup_logging=True)
application.initialize()
# A worker takes requests when it has loaded its databases.
for name in config["db_name"]:
    Registry(name)
