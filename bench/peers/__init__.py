"""The ways to read from Odoo that are compared: each turns a Read into HTTP requests."""
