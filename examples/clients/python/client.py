"""Reads, pages and writes with gql, which checks each document before it is sent."""

import json
import os
from collections.abc import Iterator

from gql import Client, GraphQLRequest, gql
from gql.client import SyncClientSession
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from graphql import GraphQLError, GraphQLSchema

URL, KEY = os.environ["ODOO_URL"], os.environ["ODOO_KEY"]

CUSTOMERS = gql("""
    query Customers($country: String!, $after: String) {
        customers(
            filter: { country: { code: { eq: $country } } }
            orderBy: [{ name: ASC }]
            first: 10
            after: $after
        ) {
            pageInfo { hasNextPage endCursor }
            nodes { id name country { code } }
        }
    }
""")
CUSTOMER = gql("query Customer($id: ID!) { customer(id: $id) { id name phone } }")
CREATE = gql("""
    mutation Create($input: CustomerCreateInput!) {
        createCustomer(input: $input) { id name phone version }
    }
""")
UPDATE = gql("""
    mutation Update($id: ID!, $input: CustomerUpdateInput!, $version: String) {
        updateCustomer(id: $id, input: $input, ifVersion: $version) { id phone version }
    }
""")
DELETE = gql("mutation Delete($id: ID!) { deleteCustomer(id: $id) }")
MISTAKEN = gql("{ customers { nodes { nmae } } }")


def connect(schema: GraphQLSchema | None = None, **headers: str) -> Client:
    """Return a client that checks documents against the schema; without one it fetches it."""
    headers = {"Authorization": f"Bearer {KEY}", **headers}
    transport = RequestsHTTPTransport(f"{URL}/api/graphql", headers=headers)
    return Client(transport=transport, schema=schema, fetch_schema_from_transport=schema is None)


def execute(session: SyncClientSession, document: GraphQLRequest, **variables) -> dict:
    """Return the data of a request."""
    return session.execute(GraphQLRequest(document, variable_values=variables))


def customers_of(session: SyncClientSession, country: str) -> Iterator[dict]:
    """Yield all customers of a country, page by page."""
    after, more = None, True
    while more:
        page = execute(session, CUSTOMERS, country=country, after=after)["customers"]
        yield from page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


def error_of(session: SyncClientSession, document: GraphQLRequest, **variables) -> dict:
    """Return the code of the error that a request ends with, and the values to blame."""
    try:
        execute(session, document, **variables)
    except TransportQueryError as error:
        extensions = error.errors[0]["extensions"]
        blamed = [value["field"] for value in extensions.get("errors", ())]
        return {"code": extensions["code"], "fields": blamed}
    raise AssertionError("There was no error.")


def main() -> None:
    """Show what each kind of request returns."""
    with connect() as session:
        customers = [customer["id"] for customer in customers_of(session, "US")]
        created = execute(session, CREATE, input={"name": "Ann", "phone": "1"})["createCustomer"]
        id = created["id"]
        update = {"id": id, "version": created["version"], "input": {"phone": "2"}}
        updated = execute(session, UPDATE, **update)["updateCustomer"]
        read = execute(session, CUSTOMER, id=id)["customer"]
        errors = {
            "outdated": error_of(session, UPDATE, **update),
            "invalid": error_of(session, CREATE, input={"name": "Ann", "country": "999999"}),
            "missing": error_of(session, DELETE, id="999999999"),
        }
        try:
            execute(session, MISTAKEN)
        except GraphQLError as error:  # found without the server
            mistaken = error.message
        deleted = execute(session, DELETE, id=id)["deleteCustomer"]
        schema = session.client.schema
    with connect(schema, **{"X-Odoo-Companies": "999999"}) as elsewhere:
        errors["forbidden"] = error_of(elsewhere, CUSTOMER, id=id)
    with connect(schema, Authorization="Bearer wrong") as strange:
        errors["unauthenticated"] = error_of(strange, CUSTOMER, id=id)
    result = {"customers": customers, "created": created, "updated": updated, "read": read}
    result |= {"errors": errors, "mistaken": mistaken, "deleted": deleted}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
