"""The benchmark: the addon side by side with other ways to read the same from Odoo.

Started by ``make bench``. What it makes is in ``.dev/bench/``, and two databases.
"""
