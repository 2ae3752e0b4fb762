// A database of WatermelonDB that is a copy of customers in Odoo.
import watermelon from "@nozbe/watermelondb";
import loki from "@nozbe/watermelondb/adapters/lokijs/index.js";
import synchronization from "@nozbe/watermelondb/sync/index.js";

const { Database, Model, appSchema, tableSchema } = watermelon;

const PREFIX = "watermelon_app.";
const VALUES = ["name", "phone", "city", "ref"];
const FIELDS = ["id", "external_id", "version", ...VALUES].join();

const text = (name) => ({ name, type: "string", isOptional: true });
const columns = [
  { name: "odoo_id", type: "number", isOptional: true },
  ...["version", ...VALUES].map(text),
];
const schema = appSchema({ version: 1, tables: [tableSchema({ name: "customers", columns })] });

/** A customer; what the decorators `@field` make, for those who do not compile their code. */
class Customer extends Model {
  static table = "customers";
}
for (const { name } of columns) {
  Object.defineProperty(Customer.prototype, name, {
    get() {
      return this._getRaw(name);
    },
    set(value) {
      this._setRaw(name, value);
    },
  });
}

/** Make an empty copy of customers; with a browser it would be kept in its IndexedDB. */
export function createCopy(dbName) {
  const options = { dbName, schema, useWebWorker: false, useIncrementalIndexedDB: true };
  const adapter = new loki.default({ ...options, extraLokiOptions: { autosave: false } });
  return new Database({ adapter, modelClasses: [Customer] });
}

/** A record as WatermelonDB has it; those that a device has made have that device's id. */
function toRaw({ id: odoo_id, external_id, version, ...values }) {
  const own = external_id?.startsWith(PREFIX);
  const id = own ? external_id.slice(PREFIX.length) : String(odoo_id);
  return { id, odoo_id, version, ...values };
}

/** How Odoo knows the record with an id of WatermelonDB. */
const named = (id, odoo_id) =>
  odoo_id || /^\d+$/.test(id) ? { id: odoo_id || Number(id) } : { client_id: PREFIX + id };

const pick = (raw, names) => Object.fromEntries(names.map((name) => [name, raw[name]]));

/** What a device has done since it was last here, as items of a batch. */
function* toItems({ created, updated, deleted }) {
  const type = "Customer";
  for (const raw of created) {
    const input = pick(raw, VALUES);
    yield { type, operation: "create", client_id: PREFIX + raw.id, input };
  }
  for (const raw of updated) {
    const { id, odoo_id, version } = raw;
    const input = pick(raw, VALUES.filter((name) => raw._changed.split(",").includes(name)));
    yield { type, operation: "update", ...named(id, odoo_id), version, input };
  }
  for (const id of deleted) yield { type, operation: "delete", ...named(id) };
}

/**
 * Of a record that was created and is on the server already, the response was lost: what differs
 * has been changed since. Of others, columns that were changed here win over those of the server.
 */
function resolve(_table, local, remote, resolved) {
  if (local._status !== "created") return resolved;
  const changed = VALUES.filter((name) => local[name] !== (remote[name] ?? null));
  const _status = changed.length ? "updated" : "synced";
  return { ...resolved, ...pick(local, changed), _status, _changed: changed.join() };
}

/** Bring a copy and the server together; `refused` gets what Odoo refuses, which stays here. */
export async function synchronize(database, odoo, filter, refused = []) {
  const storage = database.localStorage;
  await synchronization.synchronize({
    database,
    sendCreatedAsUpdated: true,
    conflictResolver: resolve,
    async pullChanges({ lastPulledAt }) {
      const held = await database.get("customers").query().fetch();
      const ids = new Map(held.map(({ id, odoo_id }) => [odoo_id, id]));
      // Of those that were sent, no pull may have brought some yet.
      const waiting = new Set(held.filter(({ odoo_id }) => !odoo_id).map(({ id }) => id));
      const all = Object.entries((await storage.get("sent")) ?? {});
      const sent = all.filter(([id]) => waiting.has(id));
      for (const [id, odoo_id] of sent) ids.set(odoo_id, id);
      await storage.set("sent", Object.fromEntries(sent));
      const known = [...ids.keys()].filter(Boolean);
      // The timestamp is kept with what was pulled, and the token by the timestamp.
      const since = ((await storage.get("tokens")) ?? {})[lastPulledAt];
      const changes = await odoo.readChanges("customers", filter, FIELDS, since, known);
      const timestamp = Math.max(Date.now(), (lastPulledAt ?? 0) + 1);
      await storage.set("tokens", { [lastPulledAt]: since, [timestamp]: changes.token });
      const updated = changes.changed.map(toRaw);
      const present = new Set(updated.map(({ odoo_id }) => odoo_id));
      const gone = changes.isWhole ? known.filter((id) => !present.has(id)) : changes.removed;
      const deleted = gone.map((odoo_id) => ids.get(odoo_id));
      return { changes: { customers: { created: [], updated, deleted } }, timestamp };
    },
    async pushChanges({ changes }) {
      const { customers } = changes;
      const items = [...toItems(customers)];
      const results = await odoo.sync(items);
      const local = [...customers.created, ...customers.updated];
      const sent = (await storage.get("sent")) ?? {};
      // What is in conflict stays changed here: the next synchronization pulls it, and pushes again.
      const rejected = [];
      results.forEach(({ status, id, errors }, index) => {
        const key = local[index]?.id ?? customers.deleted[index - local.length];
        if (status !== "ok") rejected.push(key);
        else if (id && local[index]) sent[key] = id;
        if (status === "error") refused.push({ key, errors });
      });
      await storage.set("sent", sent);
      return { experimentalRejectedIds: { customers: rejected } };
    },
  });
}
