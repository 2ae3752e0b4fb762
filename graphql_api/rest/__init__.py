"""REST on the schema: parameters and bodies become GraphQL requests, and their data rows.

In come the parts of REST requests; out go requests to the schema, rows, and the OpenAPI document.
"""
