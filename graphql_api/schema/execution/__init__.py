"""Requests to the schema: documents, their limits and cost, and the executor.

In come a document, variables and a context; out comes a result, ready to be encoded.
"""
