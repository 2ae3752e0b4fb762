from . import customer_visit, graphql_api_resource, graphql_api_schema, res_partner
