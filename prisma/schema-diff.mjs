// Prints the SQL from one schema folder to this one (or from nothing): `node prisma/schema-diff.mjs [old folder]`.
// Runs Prisma's schema engine as WebAssembly, so no engine binary and no database is needed.
import fs from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const schemaFolder = join(dirname(fileURLToPath(import.meta.url)), "schema");

/** A schema as one text, of a folder with a file for each room. */
export const readSchema = (folder = schemaFolder) =>
  fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".prisma"))
    .sort()
    .map((name) => fs.readFileSync(join(folder, name), "utf8"))
    .join("\n");

const loadEngine = async () => {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const wasm = require.resolve("@prisma/schema-engine-wasm/schema_engine_bg").replace(/js$/, "wasm");
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(wasm), { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings;
};

/** SQL that turns `from` (a schema's text, or null for an empty database) into `to`. */
export async function schemaDiff(from, to) {
  const engineModule = await loadEngine();
  // The engine wants a connection before it compares two files; it never asks it for more than the server's version.
  const answer = { columnNames: ["version"], columnTypes: [7], rows: [["PostgreSQL 18.0"]] };
  const offline = {
    adapterName: "offline",
    provider: "postgres",
    queryRaw: async () => answer,
    executeRaw: async () => 0,
    executeScript: async () => {},
    getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: false }),
    dispose: async () => {},
    startTransaction: () => Promise.reject(new Error("offline")),
  };
  const noDatabase = {
    adapterName: "offline",
    provider: "postgres",
    connect: async () => offline,
    connectToShadowDb: async () => offline,
  };
  const { bindMigrationAwareSqlAdapterFactory } = await import("@prisma/driver-adapter-utils");
  const engine = await engineModule.SchemaEngine.new(
    { datamodels: [["schema.prisma", to]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(noDatabase),
  );
  const target = (path, content) => ({ tag: "schemaDatamodel", files: [{ path, content }], configDir: "." });
  const result = await engine.diff({
    from: from === null ? { tag: "empty" } : target("from.prisma", from),
    to: target("to.prisma", to),
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return result.stdout ?? "";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const old = process.argv[2];
  process.stdout.write(await schemaDiff(old ? readSchema(old) : null, readSchema()));
}
