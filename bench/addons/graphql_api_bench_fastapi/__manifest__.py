{
    "name": "GraphQL and REST API: a FastAPI router of the benchmark",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "The same answers by a router written by hand for OCA's addon fastapi",
    "author": "graphql_api developers",
    "license": "LGPL-3",
    "depends": ["fastapi", "sale"],
    "data": ["data/fastapi_endpoint.xml"],
}
