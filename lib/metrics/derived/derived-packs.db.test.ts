import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Tx } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { ROLLUP_STEPS, type RollupStep } from "../rollup.ts";
import { packDerived, readDerivedFigures } from "./derived-pack-store.ts";
import { DERIVED_COUNTERS, DOUBTS } from "./derived-rows.ts";

const DAY_BEGAN = Date.parse("2026-11-25T00:00:00.000Z");
const VALUES = [...DERIVED_COUNTERS, "adaptersPeak"] as const;
const NODES = ["node_a", "node_b", "node_without_rows"];
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const Count = fc.nat(2 ** 31 - 1);
/** Of one node, any of a hundred steps. */
const Rows = fc.uniqueArray(
  fc.record({
    ...{ nodeId: fc.constantFrom("node_a", "node_b"), step: fc.nat(99), seconds: fc.nat(3600) },
    ...{ evictionsGpu: Count, evictionsCpu: Count, swapsGpu: Count, swapsCpu: Count, swapsDisk: Count },
    ...{ adaptersPeak: Count, doubt: fc.constantFrom(null, ...DOUBTS), simulated: fc.boolean() },
  }),
  { selector: ({ nodeId, step }) => `${nodeId} ${step}`, minLength: 1, maxLength: 80 },
);
type Row = Awaited<ReturnType<typeof rowsOf>>[number];
const rowsOf = (generated: ReturnType<typeof Rows.generate>["value"], stepSeconds: RollupStep) =>
  generated.map(({ step, ...row }) => ({ ...row, stepSeconds, at: new Date(DAY_BEGAN + step * stepSeconds * 1000) }));

async function store({ client }: Tx, rows: readonly Row[]): Promise<void> {
  await client.derivedPack.deleteMany();
  await client.derivedRollup.deleteMany();
  await client.derivedRollup.createMany({ data: [...rows] });
}

const valuesOf = (row: Row) => [
  ...[row.evictionsGpu, row.evictionsCpu, row.swapsGpu, row.swapsCpu, row.swapsDisk],
  row.adaptersPeak,
];
const told = (rows: readonly Row[], from: Date, to: Date) =>
  rows
    .filter(({ at }) => at >= from && at < to)
    .map(({ nodeId, at, seconds, simulated, doubt, ...row }) => ({
      ...{ nodeId, at: at.getTime(), seconds, simulated, doubt },
      values: valuesOf({ nodeId, at, seconds, simulated, doubt, ...row }),
    }));
const inOrder = <Figure extends { nodeId: string; at: number }>(figures: Figure[]): Figure[] =>
  figures.sort((a, b) => a.nodeId.localeCompare(b.nodeId) || a.at - b.at);

async function read(tx: Tx, stepSeconds: RollupStep, from: Date, to: Date) {
  const figures = await readDerivedFigures(tx, { nodeIds: NODES, stepSeconds, from, to }, VALUES);
  return inOrder(Array.from(figures, (figure) => ({ ...figure, values: [...figure.values] })));
}

describe("packs of what was derived", () => {
  it("tell what the rows say, of any range, also of rows that changed since a moment", async () => {
    await fc.assert(
      fc.asyncProperty(
        ...[fc.constantFrom(...ROLLUP_STEPS), Rows, fc.nat(99), fc.nat(110), fc.nat(110)],
        async (stepSeconds, generated, changed, one, other) => {
          const rows = rowsOf(generated, stepSeconds);
          const at = (step: number) => new Date(DAY_BEGAN + step * stepSeconds * 1000);
          const [from, to] = [at(Math.min(one, other)), at(Math.max(one, other))];
          await database.db.write(platformScope, async (tx) => {
            await store(tx, rows);
            for (const nodeId of NODES) await packDerived(tx, nodeId, stepSeconds, at(0));
            expect(await read(tx, stepSeconds, from, to)).toEqual(inOrder(told(rows, from, to)));

            const later = rows.map((row) => (row.at >= at(changed) ? { ...row, swapsDisk: 7, doubt: "late" } : row));
            await tx.client.derivedRollup.updateMany({
              where: { at: { gte: at(changed) } },
              data: { swapsDisk: 7, doubt: "late" },
            });
            for (const nodeId of NODES) await packDerived(tx, nodeId, stepSeconds, at(changed));
            expect(await read(tx, stepSeconds, from, to)).toEqual(inOrder(told(later as Row[], from, to)));
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it("read only the figures asked for", async () => {
    const row = {
      nodeId: "node_a",
      stepSeconds: 60,
      at: new Date(DAY_BEGAN),
      seconds: 60,
      doubt: null,
      simulated: true,
    };
    const counts = { evictionsGpu: 1, evictionsCpu: 2, swapsGpu: 3, swapsCpu: 4, swapsDisk: 5, adaptersPeak: 6 };
    await database.db.write(platformScope, async (tx) => {
      await store(tx, [{ ...row, ...counts }] as Row[]);
      await packDerived(tx, "node_a", 60, row.at);
      const range = { nodeIds: NODES, stepSeconds: 60, from: row.at, to: new Date(DAY_BEGAN + 60_000) } as const;
      const [figure] = await readDerivedFigures(tx, range, ["swaps.disk", "evictions.gpu"]);
      expect(figure?.values).toEqual([5, 1]);
    });
  });

  it("were made by the migration of rows from before as they are made now", async () => {
    const sql = readFileSync(
      new URL("../../../prisma/migrations/0030_derived_packs/migration.sql", import.meta.url),
      "utf8",
    );
    const [, fill] = /(INSERT INTO "DerivedPack"[^;]*);/.exec(sql) ?? [];
    const [generated = []] = fc.sample(Rows, { numRuns: 20, seed: 30 }).sort((a, b) => b.length - a.length);
    const packs = ({ client }: Tx) =>
      client.derivedPack.findMany({ orderBy: [{ stepSeconds: "asc" }, { at: "asc" }, { nodeId: "asc" }] });
    await database.db.write(platformScope, async (tx) => {
      await store(
        tx,
        ROLLUP_STEPS.flatMap((step) => rowsOf(generated, step)),
      );
      for (const step of ROLLUP_STEPS)
        for (const nodeId of NODES) await packDerived(tx, nodeId, step, new Date(DAY_BEGAN));
      const now = await packs(tx);
      await tx.client.derivedPack.deleteMany();
      await tx.client.$executeRawUnsafe(fill ?? "");
      expect(now.length).toBeGreaterThan(10);
      expect(await packs(tx)).toEqual(now);
    });
  });
});
