from . import graphql_api_schema
