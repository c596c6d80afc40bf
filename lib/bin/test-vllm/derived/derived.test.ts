import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeAdapterDirectories } from "../adapter-directories.ts";
import { nodeUnderTest } from "../node-under-test.ts";
import { TRACE_START } from "../run-trace.ts";
import { startSimulated } from "../start-simulated.ts";
import { judgeDerived, phaseText } from "./judge-derived.ts";
import { DERIVED_PLAN, runDerived } from "./run-derived.ts";

const counts = (gpu: number, disk: number) => ({ evictions: { gpu, cpu: 0 }, swaps: { gpu: 0, cpu: 0, disk } });

it("finds what a simulated node counts to be what follows from its requests", { timeout: 120_000 }, async () => {
  const root = await mkdtemp(join(tmpdir(), "switchyard-derived-"));
  const engine = await startSimulated(TRACE_START, { speed: 1000 });
  try {
    const node = await nodeUnderTest(engine, await writeAdapterDirectories(root), true);
    const { alone } = await runDerived(node, DERIVED_PLAN);
    expect(alone.derived).toEqual(alone.measured);
    expect(alone.measured.evictions.gpu).toBeGreaterThan(20);
  } finally {
    await engine.stop();
    await rm(root, { recursive: true, force: true });
  }
});

it("says what is apart, and by how much", () => {
  const phase = (measured: number, derived: number) => ({
    requests: 9,
    stoodStillMs: 0,
    measured: counts(measured, 2),
    derived: counts(derived, 2),
  });
  expect(judgeDerived({ alone: phase(41, 41), atOnce: phase(40, 43) })).toEqual([]);
  expect(judgeDerived({ alone: phase(41, 40), atOnce: phase(40, 44) })).toEqual([
    "one after the other, lost a slot: measured 41, derived 40",
    "several at once, lost a slot: measured 40, derived 44",
  ]);
  expect(judgeDerived({ alone: phase(0, 0), atOnce: phase(0, 0) })).toHaveLength(1);
  expect(phaseText(phase(41, 40))).toContain("9 requests: lost a slot 41 and 40, left host memory 0 and 0");
});
