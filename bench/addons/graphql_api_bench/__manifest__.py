{
    "name": "GraphQL and REST API: routes of the benchmark",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "The same answers by bare SQL and by graphql-core's own executor",
    "author": "graphql_api developers",
    "license": "LGPL-3",
    "depends": ["graphql_api", "sale"],
}
