{
    "name": "GraphQL and REST API: Messages and Activities",
    "version": "19.0.1.2.0",
    "category": "Technical",
    "summary": "Messages, followers and activities of records over GraphQL and REST",
    "author": "graphql_api developers",
    "license": "LGPL-3",
    "depends": ["graphql_api", "mail"],
    "auto_install": True,
    "data": [
        "data/resources.xml",
        "data/catalog.xml",
        "data/actions.xml",
    ],
}
