import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Tx } from "./db.ts";
import { createLease, listLeases, requireTerm } from "./lease.ts";
import { platformScope } from "./scope.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const lease = (name: string, holder: string, ttlMs = 60_000) => createLease(database.db, { name, holder, ttlMs });
const row = async (name: string) =>
  (await database.db.read(platformScope, listLeases)).find((candidate) => candidate.name === name);

describe("createLease", () => {
  it("goes to one of two workers, and stays with it while it prolongs", async () => {
    expect(await lease("one", "a").acquire()).toBe(1n);
    expect(await lease("one", "b").acquire()).toBeNull();
    expect(await lease("one", "a").acquire()).toBe(1n);
  });

  it("goes to the other after it expired, with a higher term", async () => {
    expect(await lease("expired", "a", 0).acquire()).toBe(1n);
    expect(await lease("expired", "b", 0).acquire()).toBe(2n);
    expect(await lease("expired", "a").acquire()).toBe(3n);
  });

  it("goes to the other at once when handed back", async () => {
    expect(await lease("handed", "a").acquire()).toBe(1n);
    await lease("handed", "a").release(1n);
    expect(await lease("handed", "b").acquire()).toBe(2n);
  });

  it("is not taken from its new holder by the release of an old one", async () => {
    await lease("late", "a", 0).acquire();
    await lease("late", "b").acquire();
    await lease("late", "a").release(1n);
    expect(await lease("late", "c").acquire()).toBeNull();
  });

  it("goes to exactly one of many that ask at the same time", async () => {
    const terms = await Promise.all(Array.from({ length: 8 }, (_, index) => lease("race", `w${index}`).acquire()));
    expect(terms.filter((term) => term !== null)).toEqual([1n]);
  });

  it("keeps how the last run went, and ignores what an old holder says", async () => {
    await lease("report", "a", 0).acquire();
    await lease("report", "b").acquire();
    const at = new Date("2026-11-24T10:00:00.000Z");
    await lease("report", "a").report(1n, { at, error: "from the past" });
    expect(await row("report")).toMatchObject({ lastRunAt: null, lastError: null });
    await lease("report", "b").report(2n, { at, error: "node away" });
    expect(await row("report")).toMatchObject({ lastRunAt: at, lastError: "node away" });
  });
});

describe("requireTerm", () => {
  const write = (term: bigint) =>
    database.db.write(platformScope, async (tx) => {
      await requireTerm(tx, { name: "fence", term });
      await tx.client.setting.upsert({
        where: { key: "fenced" },
        create: { key: "fenced", value: Number(term) },
        update: { value: Number(term) },
      });
    });

  it("refuses every write of a worker that lost its lease", async () => {
    await lease("fence", "a", 0).acquire();
    await write(1n);
    await lease("fence", "b").acquire();
    await expect(write(1n)).rejects.toMatchObject({ reason: "lease_lost" });
    await write(2n);
    const setting = await database.db.read(platformScope, ({ client }) =>
      client.setting.findUnique({ where: { key: "fenced" } }),
    );
    expect(setting?.value).toBe(2);
  });

  const someoneWaits = async ({ client }: Tx): Promise<boolean> => {
    const rows = await client.$queryRaw<{ waiting: bigint }[]>`
      SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()`;
    return (rows[0]?.waiting ?? 0n) > 0n;
  };

  it("holds a successor back until the write is committed", async () => {
    await lease("order", "a", 0).acquire();
    const steps: string[] = [];
    let taken: Promise<unknown> = Promise.resolve();
    await database.db.write(platformScope, async (tx) => {
      await requireTerm(tx, { name: "order", term: 1n });
      taken = lease("order", "b")
        .acquire()
        .then((term) => steps.push(`taken ${term}`));
      while (!(await someoneWaits(tx))) {} // the successor is now held back by our lock, not merely late
      steps.push("written");
    });
    await taken;
    expect(steps).toEqual(["written", "taken 2"]);
  });
});
