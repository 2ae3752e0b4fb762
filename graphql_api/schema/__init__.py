"""Resources become types, types an executable schema. Knows the ORM, and no HTTP.

In come resources as plain values and what addons add in code; out come the schema of one database,
and results of requests to it. The rooms know each other in one direction (docs/architecture.md).
"""
