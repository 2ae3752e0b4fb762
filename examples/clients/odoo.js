// The server's side of a copy: what has changed since, and batches of one's own changes.

const BATCH = 50;
const KNOWN = 10_000;

/** Requests of one device, with its key. */
export class Odoo {
  constructor(url, key, fetched = fetch) {
    this.url = url;
    this.fetch = fetched;
    this.headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  }

  /** The body of a response; an error has its `code`. */
  async request(method, path, body, headers = {}) {
    const response = await this.fetch(this.url + path, {
      method,
      headers: { ...this.headers, ...headers },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.message), { code: answer.code });
    // Where there is a replica, it has to have replayed what we have seen.
    const token = response.headers.get("Consistency-Token");
    if (token) this.headers["Consistency-Token"] = token;
    return answer;
  }

  /** All records that a filter admits, and a token to ask later what has changed since. */
  async readAll(collection, filter, fields) {
    // The token comes first: what is changed while the pages are read is a change since.
    const query = `filter=${encodeURIComponent(JSON.stringify(filter))}`;
    const { meta } = await this.request("GET", `/api/${collection}/changes?${query}`);
    const changed = [];
    let after = null;
    do {
      const page = after ? `&after=${encodeURIComponent(after)}` : "";
      const path = `/api/${collection}?${query}&fields=${fields}&sort=id&limit=500${page}`;
      const answer = await this.request("GET", path);
      changed.push(...answer.data);
      after = answer.meta.next;
    } while (after);
    return { changed, removed: [], token: meta.token, isWhole: true };
  }

  /**
   * What has changed since a token; of the ids that are known, those whose records are gone, or are
   * not in the filter any more. All records where the token is too old, or rights have changed.
   */
  async readChanges(collection, filter, fields, since, known) {
    if (!since) return this.readAll(collection, filter, fields);
    const changed = new Map();
    const removed = new Set();
    let token;
    for (let start = 0; start === 0 || start < known.length; start += KNOWN) {
      const part = known.slice(start, start + KNOWN);
      let position = since;
      let more = true;
      while (more) {
        let answer;
        try {
          const body = { since: position, known: part, filter, fields };
          answer = await this.request("POST", `/api/${collection}/changes`, body);
        } catch (error) {
          if (error.code !== "RESYNC_REQUIRED") throw error;
          return this.readAll(collection, filter, fields);
        }
        for (const record of answer.data) {
          changed.set(record.id, record);
          removed.delete(record.id);
        }
        for (const id of answer.meta.removed) {
          removed.add(id);
          changed.delete(id);
        }
        position = answer.meta.token;
        more = answer.meta.has_more;
      }
      // What changes between the parts comes once more after the token of the first one.
      token ??= position;
    }
    return { changed: [...changed.values()], removed: [...removed], token, isWhole: false };
  }

  /** What has come of items: `{client_id, id, status, record, errors}` for each. */
  async sync(items) {
    const results = [];
    while (results.length < items.length) {
      const batch = items.slice(results.length, results.length + BATCH);
      const { data } = await this.request("POST", "/api/sync", { items: batch });
      // What took too long was not begun; all before it was done.
      const late = data.items.findIndex(({ errors }) => errors[0]?.code === "SERVICE_UNAVAILABLE");
      if (late === 0) throw new Error(data.items[0].errors[0].message);
      results.push(...data.items.slice(0, late < 0 ? batch.length : late));
    }
    return results;
  }
}
