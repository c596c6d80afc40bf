import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { createLog } from "../log.ts";
import { migrate } from "../migrate.ts";
import { startPostgres } from "../postgres/start-postgres.ts";
import { makeScratchFolder } from "./scratch-folder.ts";
import { TEMPLATE_DATABASE, withDatabase } from "./template.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection string of the test cluster's `postgres` database, for a login that may create databases. */
    postgresUrl: string;
  }
}

/** Vitest's global set-up of the database tests: one throw-away Postgres a run, and one migrated template in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = makeScratchFolder("postgres");
  const postgres = await startPostgres({ dataDir, log: createLog("test-postgres", "error"), durable: false });
  try {
    const adminUrl = withDatabase(postgres.url, "postgres");
    await TEMPLATE_DATABASE.create(adminUrl);
    await migrate(
      withDatabase(postgres.url, TEMPLATE_DATABASE.name),
      join(project.config.root, "prisma", "migrations"),
    );
    project.provide("postgresUrl", adminUrl);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return () => postgres.stop();
}
