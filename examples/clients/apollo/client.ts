// Reads, pages and writes with Apollo Client, and tells its errors apart.
import { createHash } from "node:crypto";

import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

import { graphql } from "./graphql/index.ts";

const { ODOO_URL, ODOO_KEY } = process.env;

function connect(headers: Record<string, string>) {
  const http = new HttpLink({ uri: `${ODOO_URL}/api/graphql`, headers });
  // The text of a document goes over the line once; queries by GET, which HTTP can cache.
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
  return new ApolloClient({ link: persisted.concat(http), cache: new InMemoryCache() });
}

function sha256(text: string) {
  return createHash("sha256").update(text).digest("hex");
}

const authorization = { Authorization: `Bearer ${ODOO_KEY}` };
const client = connect(authorization);

const CUSTOMERS = graphql(`
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
`);
const CUSTOMER = graphql(`query Customer($id: ID!) { customer(id: $id) { id name phone } }`);
const CREATE = graphql(`
  mutation Create($input: CustomerCreateInput!) {
    createCustomer(input: $input) { id name phone version }
  }
`);
const UPDATE = graphql(`
  mutation Update($id: ID!, $input: CustomerUpdateInput!, $version: String) {
    updateCustomer(id: $id, input: $input, ifVersion: $version) { id phone version }
  }
`);
const DELETE = graphql(`mutation Delete($id: ID!) { deleteCustomer(id: $id) }`);

async function pageOf(country: string, after?: string | null) {
  const { data } = await client.query({ query: CUSTOMERS, variables: { country, after } });
  return data?.customers;
}

/** All customers of a country, page by page. */
async function customersOf(country: string) {
  const found = [];
  let page = await pageOf(country);
  while (page) {
    found.push(...page.nodes);
    const { hasNextPage, endCursor } = page.pageInfo;
    page = hasNextPage ? await pageOf(country, endCursor) : null;
  }
  return found;
}

/** The code of the error that a request ends with, and the values to blame. */
async function errorOf(request: Promise<unknown>) {
  try {
    await request;
    return null;
  } catch (error) {
    if (!CombinedGraphQLErrors.is(error)) throw error;
    const { code, errors = [] } = error.errors[0].extensions as {
      code: string;
      errors?: { field: string; message: string }[];
    };
    return { code, fields: errors.map(({ field }) => field) };
  }
}

const customers = (await customersOf("US")).map(({ id }) => id);
const created = (
  await client.mutate({ mutation: CREATE, variables: { input: { name: "Ann", phone: "1" } } })
).data!.createCustomer;
const { id, version } = created;
await client.query({ query: CUSTOMER, variables: { id } });
const update = { id, version, input: { phone: "2" } };
const updated = (await client.mutate({ mutation: UPDATE, variables: update })).data!.updateCustomer;
// The cache has one copy of a record: the answer to the mutation has changed it.
const read = client.readQuery({ query: CUSTOMER, variables: { id } })?.customer;

const input = { name: "Ann", country: "999999" };
const strange = connect({ Authorization: "Bearer wrong" });
const elsewhere = connect({ ...authorization, "X-Odoo-Companies": "999999" });
const query = { query: CUSTOMER, variables: { id } };
const errors = {
  outdated: await errorOf(client.mutate({ mutation: UPDATE, variables: update })),
  invalid: await errorOf(client.mutate({ mutation: CREATE, variables: { input } })),
  missing: await errorOf(client.mutate({ mutation: DELETE, variables: { id: "999999999" } })),
  forbidden: await errorOf(elsewhere.query(query)),
  unauthenticated: await errorOf(strange.query(query)),
};
const deleted = (await client.mutate({ mutation: DELETE, variables: { id } })).data!.deleteCustomer;
console.log(JSON.stringify({ customers, created, updated, read, errors, deleted }, null, 2));
