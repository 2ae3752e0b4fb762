{
    "name": "GraphQL and REST API: Customer Portal",
    "version": "19.0.1.2.0",
    "category": "Technical",
    "summary": "Customers accept and decline quotations and edit their addresses over the API",
    "author": "graphql_api developers",
    "license": "LGPL-3",
    "depends": ["graphql_api", "sale"],
    "auto_install": True,
    "data": ["data/actions.xml"],
}
