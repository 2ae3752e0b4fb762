"""Commands of Odoo's command line."""
