"""Whole working days of people who use the API, on servers that are not in test mode.

Each module is the day of one person: ``day`` does it with an ``Api``, once by GraphQL and once by
REST, and ``in_odoo`` does the same by Odoo's own methods, in another database of the same contents.
At the end ``figures`` is asked in all three, and they have to agree.
"""
