"""Two Odoo servers behind nginx, with a PostgreSQL primary and a replica, on this machine."""
