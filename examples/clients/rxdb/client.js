// Two devices that change the same customers without a connection, and come back.
import { randomUUID } from "node:crypto";

import { Odoo } from "./odoo.js";
import { createCopy, newKey, replicate } from "./replication.js";

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
const devices = [];
for (const name of ["one", "two"]) {
  const copy = await createCopy(`${name}${Date.now()}`, refused);
  const connection = new Odoo(ODOO_URL, ODOO_KEY, unreliable);
  devices.push({ ...copy, sync: () => replicate(copy, connection, filter) });
}
const [one, two] = devices;
const find = (device, name) => device.customers.findOne({ selector: { name } }).exec();
const insert = (device, name, more) =>
  device.customers.insert({ key: newKey(), name, ref, phone: null, city: null, ...more });

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
await (await find(one, "Ann")).patch({ phone: "1" });
await (await find(two, "Ann")).patch({ city: "Ghent" });
await (await find(one, "Bob")).patch({ city: "Bruges" });
await (await find(two, "Bob")).patch({ city: "Ghent" });
await (await find(one, "Carl")).remove();
await insert(one, "Dora");
await (await insert(two, "Eve")).patch({ city: "Namur" });
await (await insert(two, "Never there")).remove();
await insert(two, null, { city: "Refused" });
await server.request("PATCH", `/api/customers/${ids.Bob}`, { phone: "2" });

// The first one comes back; the response to its batch is lost, and RxDB sends it again.
lost = 1;
const retried = (await one.sync()).length;
await two.sync();
await one.sync();
const eve = await find(one, "Eve");
await server.request("DELETE", `/api/customers/${eve.odoo_id}`);
await (await find(two, "Dora")).patch({ phone: "3" });
for (const device of [two, one, two]) await device.sync();

const contents = async ({ customers }) =>
  (await customers.find({ sort: [{ name: "asc" }] }).exec()).map(
    ({ odoo_id: id, version, name, phone, city }) => ({ id, version, name, phone, city }),
  );
const { data } = await server.request(
  "GET",
  `/api/customers?ref=${encodeURIComponent(ref)}&sort=name&fields=id,version,name,phone,city`,
);
const copies = { one: await contents(one), two: await contents(two), server: data };
console.log(JSON.stringify({ ...copies, retried, refused }, null, 2));
for (const { id } of data) await server.request("DELETE", `/api/customers/${id}`);
await one.database.close();
await two.database.close();
