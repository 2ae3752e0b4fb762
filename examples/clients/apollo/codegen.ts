import type { CodegenConfig } from "@graphql-codegen/cli";

const { ODOO_URL, ODOO_KEY } = process.env;

const config: CodegenConfig = {
  schema: [{ [`${ODOO_URL}/api/graphql`]: { headers: { Authorization: `Bearer ${ODOO_KEY}` } } }],
  documents: ["client.ts"],
  generates: {
    "./graphql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        // What Node runs by leaving out the types.
        enumType: "string-literal",
        useTypeImports: true,
        scalars: {
          BigInt: "number",
          Date: "string",
          DateTime: "string",
          JSON: "unknown",
          Upload: "string",
        },
        strictScalars: true,
      },
    },
  },
  importExtension: ".ts",
};

export default config;
