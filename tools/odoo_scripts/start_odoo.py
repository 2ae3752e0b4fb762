"""Odoo's command line, as its own script ``odoo-bin`` or ``odoo`` starts it.

Unlike ``python -m odoo``: the parent of workers starts its process for WebSockets by the path of
the script that it was itself started with, which cannot be a module of a package.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
