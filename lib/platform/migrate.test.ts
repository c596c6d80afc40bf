import { describe, expect, it } from "vitest";
import { planMigrations } from "./migrate.ts";

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
});
