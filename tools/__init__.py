"""The development environment: Odoo 19, PostgreSQL, demo database, tests.

Started by the Makefile as ``python3 -m tools <command>``. Everything that it makes is in
``.dev/`` of the checkout and in the user's cache directory.
"""
