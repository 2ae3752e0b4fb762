{
    "name": "GraphQL and REST API: example of an extension",
    "version": "19.0.1.0.0",
    "category": "Technical",
    "summary": "Visits to customers, in GraphQL, REST and OpenAPI: copy it to start your own",
    "author": "graphql_api developers",
    "license": "LGPL-3",
    "depends": ["graphql_api"],
    "data": [
        "security/ir.model.access.csv",
        "security/rules.xml",
        "views/customer_visit_views.xml",
        "data/resources.xml",
        "data/policies.xml",
    ],
}
