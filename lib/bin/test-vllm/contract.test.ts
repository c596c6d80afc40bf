import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STANDARD_START } from "#lib/vllm/contract/point.ts";
import { POINTS } from "#lib/vllm/contract/points.ts";
import { countResults, type PointResult, runPoints } from "#lib/vllm/contract/run-points.ts";
import { type AdapterDirectories, writeAdapterDirectories } from "./adapter-directories.ts";
import { nodeUnderTest } from "./node-under-test.ts";
import { runGroups, runId, type SuiteRun } from "./run-groups.ts";
import { startSimulated } from "./start-simulated.ts";

let root: string;
let directories: AdapterDirectories;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "switchyard-contract-"));
  directories = await writeAdapterDirectories(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const byId = (run: SuiteRun) => new Map<string, PointResult>(run.results.map((result) => [result.id, result]));

it("has one id a point", () => {
  expect(new Set(POINTS.map(({ id }) => id)).size).toBe(POINTS.length);
});

describe("the contract, asked of simulated nodes", () => {
  let results: Map<string, PointResult>;
  beforeAll(async () => {
    results = byId(await runGroups(POINTS, (start) => startSimulated(start), directories));
  });

  it.each(POINTS.map((point) => [point.id, point.says] as const))("%s: %s", (id) => {
    expect(results.get(id)).toMatchObject({ outcome: "passed" });
  });
});

describe("older releases, as a simulated node copies them", () => {
  const requests = POINTS.filter(({ section, needs }) => section === "1.2" && !needs?.key);

  it.each(["0.28.0", "0.10.1"])("%s answers loads and unloads by its column of the table", async (version) => {
    const run = await runGroups(requests, (start) => startSimulated(start, { engineVersion: version }), directories);
    expect(run.results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  });
});

describe("a node that answers otherwise", () => {
  it("fails the points it breaks, each with what was seen and what was expected", async () => {
    const engine = await startSimulated(STANDARD_START, { engineVersion: "0.10.1" });
    const node = await nodeUnderTest(engine, directories, true);
    const claimed = { ...node, version: "0.32.0" };
    const asked = POINTS.filter(({ id }) => ["load.base-name", "load.twice", "adapter.dora"].includes(id));
    const results = await runPoints(claimed, asked, { start: STANDARD_START, run: runId() });
    await engine.stop();
    expect(results).toMatchObject([
      { id: "load.twice", outcome: "passed" },
      { id: "load.base-name", outcome: "failed", seen: { status: 200 }, expected: { status: 400 } },
      { id: "adapter.dora", outcome: "failed", differing: ["status", "type"], seen: { status: 400 } },
    ]);
  });

  it("fails every point of a start that does not come up, with its reason", async () => {
    const run = await runGroups(
      POINTS.slice(0, 2),
      async () => {
        throw new Error("no such flag");
      },
      directories,
    );
    expect(run.results).toMatchObject(POINTS.slice(0, 2).map(() => ({ outcome: "broken", error: "no such flag" })));
  });
});

describe("a stranger's node", () => {
  it("is asked only what needs no start of its own, and keeps nothing of ours loaded", async () => {
    const engine = await startSimulated({ ...STANDARD_START, maxLoras: 4, maxCpuLoras: 8 });
    const node = await nodeUnderTest(engine, directories, false);
    const results = await runPoints(node, POINTS, { start: STANDARD_START, run: runId() });
    const left = await node.send("GET", "/v1/models");
    await engine.stop();
    expect(countResults(results)).toMatchObject({ failed: 0 });
    const reasons = results.flatMap((result) => (result.outcome === "left_out" ? [result.reason] : []));
    expect(new Set(reasons)).toContain("restarts or ends the engine");
    expect((JSON.parse(left.text) as { data: unknown[] }).data).toHaveLength(1);
  });
});
