"""Odoo's WSGI application, for granian: docs/operating.md.

Odoo's configuration is the file that the environment variable ODOO_RC names.
"""

from werkzeug.exceptions import LengthRequired

from odoo.http import root
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config([], setup_logging=True)
root.initialize()
# A worker takes requests when it has loaded its databases.
for name in config["db_name"]:
    Registry(name)


def application(environ, start_response):
    """Respond as Odoo does, but never to a part of a body.

    Where a client hangs up, granian ends the body as if it were whole. So werkzeug has to compare
    it with its length, as it does where the server does not claim to end it, and a body has to have
    one: nginx sends the length, also of what a client sends without it.
    """
    environ.pop("wsgi.input_terminated", None)
    if "HTTP_TRANSFER_ENCODING" in environ:
        return LengthRequired()(environ, start_response)
    return root(environ, start_response)
