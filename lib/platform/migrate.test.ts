import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planMigrations, readMigrations } from "./migrate.ts";
import { projectRoot } from "./project-root.ts";

const FOLDER = join(projectRoot(), "prisma", "migrations");
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

  it("refuse a database of a version before 0.2.0, and say how to start over", () => {
    expect(() => planMigrations([file("0001_baseline")], [row("0001_catalog")])).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("before 0.2.0"),
        fix: expect.stringContaining("delete the directory DATA_DIR"),
      }),
    );
  });

  it("are never edited once they are on main: each has its checksum on the list", async () => {
    const listed = readFileSync(join(FOLDER, "checksums.txt"), "utf8").trimEnd().split("\n");
    expect((await readMigrations(FOLDER)).map(({ name, checksum }) => `${checksum}  ${name}`)).toEqual(listed);
  });

  it("reach the rows that they change or read: row-level security is forced on the owner, who is let in for as long", async () => {
    const migrations = await readMigrations(FOLDER);
    const all = migrations.map(({ sql }) => sql).join("\n");
    const forced = new Set([...all.matchAll(/"(\w+)" FORCE ROW LEVEL SECURITY/g)].map(([, table]) => table));
    const planted = `UPDATE "Node" SET "name" = '' WHERE EXISTS (SELECT 1 FROM "Tenant")`;
    expect(namedTables(planted)).toEqual(["Node", "Tenant"]);
    expect(unreached(planted, forced)).toEqual(["Tenant"]);
    expect(
      migrations.flatMap(({ name, sql }) => unreached(withoutBodies(sql), forced).map((table) => `${name} ${table}`)),
    ).toEqual([]);
  });
});

/** Of the statements themselves: a function's body and a view run later, in a role of their own. */
const withoutBodies = (sql: string): string => sql.replace(/\$\$.*?\$\$/gs, "").replace(/^CREATE VIEW .*?;$/gms, "");

const namedTables = (sql: string): string[] => [
  ...new Set([...sql.matchAll(/\b(?:UPDATE|FROM|INTO|REFERENCES) "(\w+)"/g)].map(([, table = ""]) => table)),
];

/** Tables whose rows a migration names without letting the owner in before and shutting it out again afterwards. */
const unreached = (sql: string, forced: ReadonlySet<string | undefined>): string[] =>
  namedTables(sql).filter((table) => {
    const uses = [...sql.matchAll(new RegExp(`\\b(?:UPDATE|FROM|INTO|REFERENCES) "${table}"`, "g"))];
    const isLetIn = sql.lastIndexOf(`ALTER TABLE "${table}" NO FORCE ROW LEVEL SECURITY`, uses.at(0)?.index) !== -1;
    const created = sql.lastIndexOf(`CREATE TABLE "${table}"`, uses.at(0)?.index);
    // a table of this migration is open to its owner until it is forced
    const isNew = created !== -1 && !sql.slice(created, uses.at(-1)?.index).includes(`"${table}" FORCE ROW`);
    const isForcedAgain = sql.indexOf(`ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY`, uses.at(-1)?.index) !== -1;
    return forced.has(table) && !((isLetIn || isNew) && isForcedAgain);
  });
