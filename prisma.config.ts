import { defineConfig } from "prisma/config";

/** Only the Prisma CLI reads this file; the product itself applies migrations with lib/platform/migrate.ts. */
export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://127.0.0.1:5432/switchyard" },
});
