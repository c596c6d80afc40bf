// Generates the Prisma client without a download. `prisma generate` itself runs on WebAssembly, but the CLI insists
// on finding a schema engine binary first and would fetch one; any existing executable satisfies that check.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (!existsSync(join(root, "prisma", "schema"))) process.exit(0); // a dependency-only install layer
const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
const run = spawnSync(process.execPath, [cli, "generate"], {
  cwd: root,
  encoding: "utf8",
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  },
});
if (run.status !== 0) {
  process.stderr.write(`Prisma client generation failed:\n${run.stdout}\n${run.stderr}\n`);
  process.exit(run.status ?? 1);
}
