// Reads, pages and writes with urql, and tells its errors apart.
import { Client, CombinedError, cacheExchange, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

import { graphql } from "./graphql/index.ts";

const { ODOO_URL, ODOO_KEY } = process.env;

function connect(headers: Record<string, string>) {
  return new Client({
    url: `${ODOO_URL}/api/graphql`,
    // The text of a document goes over the line once; queries by GET, which HTTP can cache.
    exchanges: [
      cacheExchange,
      persistedExchange({
        preferGetForPersistedQueries: "within-url-limit",
        enableForMutation: true,
      }),
      fetchExchange,
    ],
    fetchOptions: { headers },
  });
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
  const { data, error } = await client.query(CUSTOMERS, { country, after });
  if (error) throw error;
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
function codeOf({ error }: { error?: CombinedError }) {
  if (!error) return null;
  if (error.networkError) throw error;
  const { code, errors = [] } = error.graphQLErrors[0].extensions as {
    code: string;
    errors?: { field: string; message: string }[];
  };
  return { code, fields: errors.map(({ field }) => field) };
}

const customers = (await customersOf("US")).map(({ id }) => id);
const created = (await client.mutation(CREATE, { input: { name: "Ann", phone: "1" } })).data!
  .createCustomer;
const { id, version } = created;
await client.query(CUSTOMER, { id });
const update = { id, version, input: { phone: "2" } };
const updated = (await client.mutation(UPDATE, update)).data!.updateCustomer;
// The mutation has made the cache forget what had the changed type in it.
const read = (await client.query(CUSTOMER, { id })).data?.customer;

const input = { name: "Ann", country: "999999" };
const strange = connect({ Authorization: "Bearer wrong" });
const elsewhere = connect({ ...authorization, "X-Odoo-Companies": "999999" });
const errors = {
  outdated: codeOf(await client.mutation(UPDATE, update)),
  invalid: codeOf(await client.mutation(CREATE, { input })),
  missing: codeOf(await client.mutation(DELETE, { id: "999999999" })),
  forbidden: codeOf(await elsewhere.query(CUSTOMER, { id })),
  unauthenticated: codeOf(await strange.query(CUSTOMER, { id })),
};
const deleted = (await client.mutation(DELETE, { id })).data!.deleteCustomer;
console.log(JSON.stringify({ customers, created, updated, read, errors, deleted }, null, 2));
