import { afterAll, beforeAll, expect, it } from "vitest";
import type { Version } from "#lib/registry/schema.ts";
import { createFaultWorld, type FaultWorld, postTo } from "../testing/fault-world.ts";

/** A CPU engine with two slots: what is loaded last lies in the last one, and colours the base model's answers. */
let world: FaultWorld;
beforeAll(async () => {
  world = await createFaultWorld(["n1"], { node: { device: "cpu", maxLoras: 2, maxCpuLoras: 4, speed: 4 } });
});
afterAll(() => world.close());

const nodeOf = (name: string) => {
  const node = world.nodes.get(name);
  if (!node) throw new Error(`no node ${name}`);
  return node;
};
const placementOf = async (version: Version) => {
  const { items } = await world.api.admin.call("GET /placements", { query: { versionId: version.id } });
  return items[0];
};
/** Requests of different lengths that never all end at once. @returns how to stop them */
function keepBusy(model: string | null): () => Promise<void> {
  let isOn = true;
  const ask = async (max_tokens: number) => {
    const body = { model, prompt: "Where is my order?", max_tokens, ignore_eos: true };
    while (isOn) expect(await postTo(nodeOf("n1"), "/v1/completions", body)).toBe(200);
  };
  const asked = Promise.all([700, 1_100, 1_900].map(ask));
  return async () => {
    isOn = false;
    await asked;
  };
}

it("says that the engine has a known fault, though its version does not tell", async () => {
  await world.resync();
  const node = await world.api.admin.call("GET /nodes/{nodeId}", { params: { nodeId: world.nodeIds.get("n1") ?? "" } });
  expect(node.conditions.find(({ type }) => type === "EngineSupported")).toMatchObject({
    status: "false",
    reason: "engine_cpu_base_rows",
  });
  expect(node.engineVersion).toBe("0.32.0");
});

it("refuses no sound adapter while others run: the probe is unclear, backs off, and passes once the node is idle", async () => {
  // loaded before it, so that the next one comes into the last slot: there the base would answer as that adapter does
  const [filler, busy] = [await world.version("filler"), await world.version("busy")];
  for (const version of [filler, busy]) {
    await world.stage(version);
    await world.settle();
  }
  const sound = await world.version("sound");
  const stopAsking = keepBusy(busy.loraName);
  await world.stage(sound);
  const delays: number[] = [];
  try {
    for (let pass = 0; pass < 3; pass += 1) {
      await world.resync();
      const placement = await placementOf(sound);
      expect(placement).toMatchObject({
        state: "probing",
        reason: "probe_inconclusive",
        probe: { outcome: "inconclusive", disturbed: true },
        message: expect.stringContaining("Other requests ran on the node"),
      });
      expect(await world.routable(sound)).toEqual([]);
      delays.push(Date.parse(placement?.nextAttemptAt ?? "") - world.clock.now().getTime());
      world.clock.leap(5_000);
    }
  } finally {
    await stopAsking();
  }
  expect(delays[2]).toBeGreaterThan((delays[0] ?? 0) + 1_000);
  world.clock.leap(100_000);
  await world.settle();
  expect(await world.routable(sound)).toEqual(["n1"]);
});
