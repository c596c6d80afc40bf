import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { planMigrations } from "./migrate.ts";

const file = (name: string, checksum = "c", superseded: string[] = []) => ({ name, sql: "", checksum, superseded });
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

  it("take one for applied that was applied as an earlier release had it", () => {
    const files = [file("1", "new", ["old"]), file("2")];
    expect(planMigrations(files, [row("1", "old")]).map(({ name }) => name)).toEqual(["2"]);
    expect(() => planMigrations(files, [row("1", "older")])).toThrow(/edited/);
  });

  it("reach the rows that they change: row-level security is forced on the owner, who is let in for as long", () => {
    const folder = new URL("../../prisma/migrations/", import.meta.url);
    const changes = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const sql = readFileSync(new URL(`${name}/migration.sql`, folder), "utf8");
        return [...sql.matchAll(/^(?:UPDATE|DELETE FROM) "(\w+)"/gm)].map(({ 1: table = "", index }) => {
          const lifted = sql.lastIndexOf(`ALTER TABLE "${table}" NO FORCE ROW LEVEL SECURITY`, index);
          const forced = sql.indexOf(`ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY`, index);
          return { change: `${name} ${table}`, isLetIn: lifted !== -1, isForcedAgain: forced !== -1 };
        });
      });
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.filter(({ isLetIn, isForcedAgain }) => !isLetIn || !isForcedAgain)).toEqual([]);
  });
});
