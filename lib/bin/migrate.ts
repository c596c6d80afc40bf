import { join } from "node:path";
import { readEnv } from "#lib/platform/env.ts";
import { migrate } from "#lib/platform/migrate.ts";
import { explainFailure } from "./launch/explain-failure.ts";
import { ROOT } from "./launch/root.ts";

/** Brings the database that DATABASE_URL names up to date; for deployments that do it as a step of its own. */
const { DATABASE_URL } = readEnv();
if (!DATABASE_URL) {
  console.error("DATABASE_URL is not set. The embedded database is migrated by npm start.");
  process.exit(1);
}
try {
  const applied = await migrate(DATABASE_URL, join(ROOT, "prisma", "migrations"));
  console.log(applied.length > 0 ? `applied ${applied.join(", ")}` : "up to date");
} catch (error) {
  for (const line of explainFailure(error)) console.error(line);
  process.exit(1);
}
