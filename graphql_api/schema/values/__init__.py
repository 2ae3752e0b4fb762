"""The table of values: an Odoo field type and its GraphQL type, in both directions.

In come values of fields and of clients; out go those of JSON and of the ORM.
"""
