import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { schemaDiff } from "#prisma/schema-diff.mjs";
import { planMigrations, readMigrations } from "./migrate.ts";

const file = (name: string, checksum = "c") => ({ name, sql: "", checksum });
const row = (name: string, checksum = "c", finished = true) => ({
  migration_name: name,
  checksum,
  finished_at: finished ? new Date(0) : null,
});

describe("migrations", () => {
  it("run what is new, once, in order", () => {
    expect(planMigrations([file("1"), file("2")], [row("1")]).map((migration) => migration.name)).toEqual(["2"]);
    expect(planMigrations([file("1")], [row("1")])).toEqual([]);
  });

  it("refuse an edited or a half-applied one", () => {
    expect(() => planMigrations([file("1", "new")], [row("1", "old")])).toThrow(/edited/);
    expect(() => planMigrations([file("1")], [row("1", "c", false)])).toThrow(/half-way/);
  });

  it("agree with the schema file", async () => {
    const folder = new URL("../../prisma/", import.meta.url);
    const [first] = await readMigrations(new URL("migrations", folder).pathname);
    const expected = await schemaDiff(null, await readFile(new URL("schema.prisma", folder), "utf8"));
    const statements = (sql: string) =>
      sql
        .split(/;\s*\n/)
        .map((text) => text.trim())
        .filter((text) => text && !/CREATE SCHEMA/.test(text));
    expect(statements(first?.sql ?? "")).toEqual(statements(expected));
  });
});
