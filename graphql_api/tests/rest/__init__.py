"""REST on the schema, and its OpenAPI document."""
