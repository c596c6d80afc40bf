import { afterAll, beforeAll, expect, it } from "vitest";
import type { Tx } from "./db.ts";
import { runParallel } from "./run-parallel.ts";
import { platformScope, tenantScope } from "./scope.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Two reads of a kind, and what began and ended when. */
async function readTwo(tx: Tx) {
  const told: string[] = [];
  const read = (name: string, value: number) => async () => {
    told.push(`${name} begins`);
    const [row] = await tx.client.$queryRaw<{ value: number }[]>`SELECT ${value}::int AS value`;
    told.push(`${name} ends`);
    return row?.value;
  };
  return { results: await runParallel(tx, read("first", 1), read("second", 2)), told };
}
const ONE_BY_ONE = ["first begins", "first ends", "second begins", "second ends"];

it("reads at the same time where each read has a connection of its own", async () => {
  const { results, told } = await database.db.read(platformScope, readTwo);
  expect(results).toEqual([1, 2]);
  expect(told.slice(0, 2)).toEqual(["first begins", "second begins"]);
});

it("reads one after the other in a transaction: a change, and whatever a customer reads", async () => {
  for (const { results, told } of [
    await database.db.write(platformScope, readTwo),
    await database.db.read(tenantScope("ten_0123456789abcdef0123456789abcdef"), readTwo),
  ]) {
    expect(results).toEqual([1, 2]);
    expect(told).toEqual(ONE_BY_ONE);
  }
});

it("ends with the first error, and in a transaction reads nothing after it", async () => {
  const refused = new Error("no");
  let isRead = false;
  const failing = (tx: Tx) =>
    runParallel(
      tx,
      () => Promise.reject(refused),
      async () => {
        isRead = true;
      },
    );
  await expect(database.db.write(platformScope, failing)).rejects.toThrow(refused);
  expect(isRead).toBe(false);
  await expect(database.db.read(platformScope, failing)).rejects.toThrow(refused);
});
