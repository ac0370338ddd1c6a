import type { CodegenConfig } from "@graphql-codegen/cli";

/** The published client's types and documents, from the API schema and the operations beside it. */
const config: CodegenConfig = {
  schema: "schema/api.graphql",
  documents: ["clients/typescript/operations/**/*.graphql"],
  generates: {
    "clients/typescript/generated/": {
      preset: "client",
      config: {
        documentMode: "string",
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTime: "string", JSON: "unknown", ByteCount: "number" },
      },
      presetConfig: { fragmentMasking: false },
    },
  },
  emitLegacyCommonJSImports: false,
};
export default config;
