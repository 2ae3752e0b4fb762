// Runs the audits of the GraphQL over HTTP specification; prints their results as JSON.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.GRAPHQL_API_NODE_MODULES}/`);
const { serverAudits } = require("graphql-http");

const [url, key] = process.argv.slice(2);
const audits = serverAudits({
  url,
  fetchFn: (target, init = {}) =>
    fetch(target, { ...init, headers: { ...init.headers, Authorization: `Bearer ${key}` } }),
});
const results = [];
for (const audit of audits) {
  const { status, reason } = await audit.fn();
  results.push({ id: audit.id, name: audit.name, status, reason });
}
console.log(JSON.stringify(results));
