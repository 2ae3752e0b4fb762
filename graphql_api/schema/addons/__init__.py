"""What other addons build on: their types bound to a schema, their fields for many records at once.

In come Strawberry types and resolvers; out go fields of this schema.
"""
