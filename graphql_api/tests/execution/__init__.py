"""How documents are run: cost, caches, limits, and the number of SQL queries."""
