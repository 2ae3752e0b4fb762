// Two devices that change the same customers without a connection, and come back.
import { randomUUID } from "node:crypto";

import { Odoo } from "./odoo.js";
import { createCopy, synchronize } from "./synchronization.js";

const { ODOO_URL, ODOO_KEY } = process.env;
const ref = `offline ${randomUUID()}`;
const filter = { ref: { eq: ref } };
const server = new Odoo(ODOO_URL, ODOO_KEY);

/** A server of which some responses do not arrive, although the request did. */
let lost = 0;
async function unreliable(url, options) {
  const response = await fetch(url, options);
  if (url.endsWith("/api/sync") && lost > 0) {
    lost -= 1;
    throw new TypeError("The connection is lost.");
  }
  return response;
}

const refused = [];
const [one, two] = ["one", "two"].map((name) => {
  const database = createCopy(name);
  const connection = new Odoo(ODOO_URL, ODOO_KEY, unreliable);
  const customers = database.get("customers");
  const all = () => customers.query().fetch();
  return {
    sync: () => synchronize(database, connection, filter, refused),
    all,
    find: async (wanted) => (await all()).find((each) => each.name === wanted),
    change: (record, values) =>
      database.write(() => record.update((each) => Object.assign(each, values))),
    insert: (values) =>
      database.write(() => customers.create((each) => Object.assign(each, { ref, ...values }))),
    remove: (record) => database.write(() => record.markAsDeleted()),
  };
});

const names = ["Ann", "Bob", "Carl"];
const created = await server.request(
  "POST",
  "/api/customers?fields=id,name",
  names.map((name) => ({ name, ref })),
);
const ids = Object.fromEntries(created.data.map(({ id, name }) => [name, id]));
await one.sync();
await two.sync();

// Nobody has a connection.
await one.change(await one.find("Ann"), { phone: "1" });
await two.change(await two.find("Ann"), { city: "Ghent" });
await one.change(await one.find("Bob"), { city: "Bruges" });
await two.change(await two.find("Bob"), { city: "Ghent" });
await one.remove(await one.find("Carl"));
await one.insert({ name: "Dora" });
await two.insert({ name: "Eve", city: "Namur" });
await two.remove(await two.insert({ name: "Never there" }));
const wrong = await two.insert({ name: null, city: "Refused" });
await server.request("PATCH", `/api/customers/${ids.Bob}`, { phone: "2" });

// The first one comes back; the response to its batch is lost, and it goes on without a connection.
lost = 1;
let retried = 0;
await one.sync().catch(() => (retried += 1));
await one.change(await one.find("Dora"), { city: "Liège" });
await one.sync();
await two.sync();
await two.remove(wrong);
await one.sync();
const eve = await one.find("Eve");
await server.request("DELETE", `/api/customers/${eve.odoo_id}`);
for (const device of [two, one, two]) await device.sync();
await two.change(await two.find("Dora"), { phone: "3" });
for (const device of [two, one, two]) await device.sync();

const contents = async ({ all }) =>
  (await all())
    .map(({ odoo_id: id, version, name, phone, city }) => ({ id, version, name, phone, city }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
const { data } = await server.request(
  "GET",
  `/api/customers?ref=${encodeURIComponent(ref)}&sort=name&fields=id,version,name,phone,city`,
);
const copies = { one: await contents(one), two: await contents(two), server: data };
console.log(JSON.stringify({ ...copies, retried, refused }, null, 2));
for (const { id } of data) await server.request("DELETE", `/api/customers/${id}`);
process.exit();
