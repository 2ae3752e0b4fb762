// A collection of RxDB that is a copy of customers in Odoo.
import { createRxDatabase } from "rxdb";
import { replicateRxCollection } from "rxdb/plugins/replication";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";

const PREFIX = "rxdb_app.";
const VALUES = ["name", "phone", "city", "ref"];
const FIELDS = ["id", "external_id", "version", ...VALUES].join();

const text = { type: ["string", "null"] };
const schema = {
  version: 0,
  primaryKey: "key",
  type: "object",
  properties: {
    // Of records that a device has made its own id, which is their external id in Odoo.
    key: { type: "string", maxLength: 100 },
    odoo_id: { type: ["integer", "null"] },
    version: text,
    ...Object.fromEntries(VALUES.map((name) => [name, text])),
  },
  required: ["key"],
};

/** The key of a new document. */
export const newKey = () => PREFIX + crypto.randomUUID();

function toDocument(record, key) {
  const own = record.external_id?.startsWith(PREFIX) ? record.external_id : String(record.id);
  const values = Object.fromEntries(VALUES.map((name) => [name, record[name] ?? null]));
  const { id: odoo_id, version } = record;
  return { key: key ?? own, odoo_id, version, ...values, _deleted: false };
}

const isEqual = (a, b) =>
  Boolean(a._deleted) === Boolean(b._deleted) &&
  (a._deleted || ["odoo_id", "version", ...VALUES].every((name) => a[name] === b[name]));

/** The values of a document that are not as the server had them. */
const changesOf = (document, assumed) =>
  Object.fromEntries(
    VALUES.filter((name) => document[name] !== assumed?.[name]).map((name) => [
      name,
      document[name] ?? null,
    ]),
  );

/** Make an empty copy of the customers that a filter admits; `refused` gets what Odoo refuses. */
export async function createCopy(name, refused = []) {
  const database = await createRxDatabase({ name, storage: getRxStorageMemory() });
  const given = new Set();
  const conflictHandler = {
    isEqual,
    // What the server has, with what this device has changed. What is deleted on either side while
    // the other changed it stays as the server has it, and so does what Odoo refuses.
    async resolve({ newDocumentState, assumedMasterState, realMasterState }) {
      const { key } = realMasterState;
      if (given.delete(key) || realMasterState._deleted || newDocumentState._deleted) {
        return realMasterState;
      }
      return { ...realMasterState, ...changesOf(newDocumentState, assumedMasterState) };
    },
  };
  const { customers } = await database.addCollections({ customers: { schema, conflictHandler } });
  return { database, customers, refused, given };
}

/** What a document has become since the server had it, as an item of a batch. */
function toItem({ newDocumentState: document, assumedMasterState: assumed }) {
  const { key } = document;
  const named = document.odoo_id ? { id: document.odoo_id } : { client_id: key };
  const item = { type: "Customer", ...named };
  if (document._deleted) return { ...item, operation: "delete", version: assumed?.version };
  if (assumed) {
    const input = changesOf(document, assumed);
    return { ...item, operation: "update", version: assumed.version, input };
  }
  return { ...item, operation: "create", input: changesOf(document) };
}

/** Bring a copy and the server together; the copy is there, and can be changed, without it. */
export async function replicate({ customers, refused, given }, odoo, filter) {
  const replication = replicateRxCollection({
    collection: customers,
    replicationIdentifier: "odoo-customers",
    live: false,
    retryTime: 100,
    pull: {
      batchSize: 1_000_000,
      async handler(checkpoint) {
        const held = await customers.find().exec();
        const keys = new Map(held.map((each) => [each.odoo_id, each.key]));
        const known = [...keys.keys()].filter(Boolean);
        const since = checkpoint?.token;
        const changes = await odoo.readChanges("customers", filter, FIELDS, since, known);
        const documents = changes.changed.map((record) => toDocument(record));
        const present = new Set(documents.map(({ odoo_id }) => odoo_id));
        const gone = changes.isWhole ? known.filter((id) => !present.has(id)) : changes.removed;
        for (const odoo_id of gone) {
          const document = held.find((each) => each.odoo_id === odoo_id).toMutableJSON();
          documents.push({ ...document, _deleted: true });
        }
        return { documents, checkpoint: { token: changes.token } };
      },
    },
    push: {
      batchSize: 100,
      // Returns how the documents are on the server, where they are not as they were sent there:
      // also of what was done, as it has another version then.
      async handler(rows) {
        const results = await odoo.sync(rows.map(toItem));
        return rows.flatMap(({ newDocumentState, assumedMasterState }, index) => {
          const { status, record, errors } = results[index];
          let master = record && toDocument(record, newDocumentState.key);
          if (status === "error") {
            refused.push({ key: newDocumentState.key, errors });
            given.add(newDocumentState.key);
            master = assumedMasterState;
          }
          master ??= { ...newDocumentState, _deleted: true };
          return isEqual(master, newDocumentState) ? [] : [master];
        });
      },
    },
  });
  const errors = [];
  replication.error$.subscribe((error) => errors.push(error));
  await replication.awaitInitialReplication();
  return errors;
}
