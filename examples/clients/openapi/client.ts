// Reads, pages and writes over REST with openapi-fetch, and tells its errors apart.
import createClient from "openapi-fetch";

import type { components, paths } from "./odoo.d.ts";

const { ODOO_URL, ODOO_KEY } = process.env;
const fields = "id,name,phone,version";

function connect(headers: Record<string, string>) {
  return createClient<paths>({ baseUrl: ODOO_URL, headers });
}

const authorization = { Authorization: `Bearer ${ODOO_KEY}` };
const client = connect(authorization);

/** All companies among the customers, page by page. */
async function companies() {
  const found = [];
  let after: string | undefined;
  do {
    const { data, error } = await client.GET("/api/customers", {
      params: {
        query: { "filter[is_company]": { eq: true }, fields, sort: "name", limit: 10, after },
      },
    });
    if (error) throw new Error(error.message);
    found.push(...data.data);
    after = data.meta.next ?? undefined;
  } while (after);
  return found;
}

/** The code of the error that a request ends with, and the values to blame. */
function codeOf({ error }: { error?: components["schemas"]["error"] }) {
  return error && { code: error.code, fields: (error.errors ?? []).map(({ field }) => field) };
}

const customers = (await companies()).map(({ id }) => id);
const query = { fields };
const post = await client.POST("/api/customers", {
  params: { query },
  body: { name: "Ann", phone: "1" },
});
// A list as the body would have created several.
const created = post.data!.data as components["schemas"]["Customer"];
const path = { id: created.id! };

// Changed only as long as it is what was read: the version is in the ETag.
const header = { "If-Match": post.response.headers.get("ETag")! };
const update = { params: { path, query, header }, body: { phone: "2" } };
const updated = (await client.PATCH("/api/customers/{id}", update)).data?.data;
const read = (await client.GET("/api/customers/{id}", { params: { path, query } })).data?.data;

const strange = connect({ Authorization: "Bearer wrong" });
const elsewhere = connect({ ...authorization, "X-Odoo-Companies": "999999" });
const missing = { params: { path: { id: 999999999 } } };
const errors = {
  outdated: codeOf(await client.PATCH("/api/customers/{id}", update)),
  invalid: codeOf(await client.POST("/api/customers", { body: { name: "Ann", country: 999999 } })),
  missing: codeOf(await client.DELETE("/api/customers/{id}", missing)),
  forbidden: codeOf(await elsewhere.GET("/api/customers")),
  unauthenticated: codeOf(await strange.GET("/api/customers")),
};
const gone = await client.DELETE("/api/customers/{id}", { params: { path } });
const deleted = gone.data?.data.id;
console.log(JSON.stringify({ customers, created, updated, read, errors, deleted }, null, 2));
