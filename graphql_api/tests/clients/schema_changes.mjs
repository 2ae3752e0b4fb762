// Compares two files with schemas; prints the changes as JSON, without what they consist of.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.GRAPHQL_API_NODE_MODULES}/`);
const { buildSchema } = require("graphql");
const { DiffRule, diff } = require("@graphql-inspector/core");

const [before, after] = process.argv.slice(2).map((name) => buildSchema(readFileSync(name, "utf8")));
const changes = await diff(before, after, [DiffRule.simplifyChanges]);
console.log(
  JSON.stringify(changes.map(({ type, path, criticality }) => [type, path, criticality.level]))
);
