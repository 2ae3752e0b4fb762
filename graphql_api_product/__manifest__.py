{
    "name": "GraphQL and REST API: Prices",
    "version": "19.0.1.2.0",
    "category": "Technical",
    "summary": "What a product costs a customer, over GraphQL and REST",
    "author": "graphql_api developers",
    "license": "LGPL-3",
    "depends": ["graphql_api", "product"],
    "auto_install": True,
}
