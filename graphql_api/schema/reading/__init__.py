"""Lists and relations: filters, search, orders, cursors, pages, files.

In come the arguments of fields; out go domains, orders and pages of visible records.
"""
