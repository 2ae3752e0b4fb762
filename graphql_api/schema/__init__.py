"""Resources in, executable GraphQL schema out. Knows the ORM, knows no HTTP."""
