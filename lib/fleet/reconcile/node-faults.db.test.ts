import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Version } from "#lib/registry/schema.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { createFaultWorld, type FaultWorld, listedOn, postTo } from "../testing/fault-world.ts";

/**
 * What may happen to a node while one version serves from it and the next is being loaded. After each: the reason can be
 * read, the version that served went on serving wherever the node could answer, and once the fault is over two passes
 * make everything as wished.
 */
type Scenario = {
  name: string;
  /** Node `n1` is struck; `n2` is left alone. */
  strike(node: SimNode, versions: { old: Version; next: Version }): Promise<unknown> | unknown;
  /** What somebody reads about it: on the node, or on its placements. */
  says: RegExp;
  /** Default: faults are cleared. */
  heal?(node: SimNode, versions: { old: Version; next: Version }): Promise<unknown> | unknown;
  /** The node itself stops answering, so what it serves is unknown meanwhile. */
  isAway?: boolean;
};

const LOAD = "/v1/load_lora_adapter";
const UNLOAD = "/v1/unload_lora_adapter";
const MODELS = "/v1/models";

const SCENARIOS: readonly Scenario[] = [
  {
    name: "a load answers 500",
    strike: (node) => node.inject({ kind: "error", path: LOAD }),
    says: /500|engine|error/i,
  },
  {
    name: "a load answers 503 twice",
    strike: (node) => node.inject({ kind: "error", path: LOAD, status: 503, times: 2 }),
    says: /./,
  },
  {
    name: "a load is answered by a proxy's HTML page",
    strike: (node) => node.inject({ kind: "html", path: LOAD }),
    says: /HTML/,
  },
  {
    name: "a load's connection is refused",
    strike: (node) => node.inject({ kind: "refuse", path: LOAD }),
    says: /load/i,
  },
  { name: "a load's reply is cut off", strike: (node) => node.inject({ kind: "reset", path: LOAD }), says: /load/i },
  {
    name: "a load's reply is half a body",
    strike: (node) => node.inject({ kind: "half_body", path: LOAD }),
    says: /load/i,
  },
  {
    name: "a load answers 200, but the name never appears",
    strike: (node) => node.inject({ kind: "silent_load" }),
    says: /not list|does not appear|never/i,
  },
  {
    name: "the load probe answers 500",
    strike: (node) => node.inject({ kind: "error", path: "/v1/completions" }),
    says: /probe/i,
  },
  {
    name: "the load probe is cut off",
    strike: (node) => node.inject({ kind: "reset", path: "/v1/completions" }),
    says: /probe/i,
  },
  {
    name: "the listing answers 500",
    strike: (node) => node.inject({ kind: "error", path: MODELS }),
    says: /500/,
    isAway: true,
  },
  {
    name: "the listing is an HTML page",
    strike: (node) => node.inject({ kind: "html", path: MODELS }),
    says: /HTML/,
    isAway: true,
  },
  {
    name: "the listing is half a body",
    strike: (node) => node.inject({ kind: "half_body", path: MODELS }),
    says: /answer|reply|JSON/i,
    isAway: true,
  },
  {
    name: "everything is refused",
    strike: (node) => node.inject({ kind: "refuse" }),
    says: /answer|reach|connect/i,
    isAway: true,
  },
  {
    name: "the node wants another key",
    strike: (node) => node.inject({ kind: "error", path: "/v1", status: 401 }),
    says: /key/i,
    isAway: true,
  },
  {
    name: "the engine is dead behind a living API",
    strike: (node) => node.inject({ kind: "error", path: "/health", status: 503 }),
    says: /dead/i,
    isAway: true,
  },
  {
    name: "metrics are far too large",
    strike: (node) => node.inject({ kind: "huge_metrics", bytes: 40_000_000 }),
    says: /metrics/i,
  },
  { name: "metrics answer 500", strike: (node) => node.inject({ kind: "error", path: "/metrics" }), says: /metrics/i },
  { name: "metrics are cut off", strike: (node) => node.inject({ kind: "reset", path: "/metrics" }), says: /metrics/i },
  {
    name: "an adapter is lost",
    strike: (node, { old }) => node.inject({ kind: "lost_adapter", loraName: old.loraName ?? "", times: 1 }),
    says: /again|loading|list/i,
  },
  {
    name: "somebody unloads an adapter by hand",
    strike: (node, { old }) => postTo(node, UNLOAD, { lora_name: old.loraName }),
    says: /again|loading|list/i,
  },
  {
    name: "somebody loads the name from another path",
    strike: async (node, { next }) => {
      const other = (await listedPaths(node))[0];
      await postTo(node, LOAD, { lora_name: next.loraName, lora_path: other });
    },
    says: /path|manually/i,
    heal: (node, { next }) => postTo(node, UNLOAD, { lora_name: next.loraName }),
  },
  {
    name: "the node restarts",
    strike: (node) => node.restart({ downMs: 0 }),
    says: /restart|again|load/i,
    isAway: true,
    heal: () => undefined,
  },
  {
    name: "the node's clock jumps by an hour",
    strike: (node) => node.inject({ kind: "clock_skew", skewSeconds: 3_600 }),
    says: /./,
    isAway: true,
  },
];

async function listedPaths(node: SimNode): Promise<string[]> {
  const { data } = (await (await fetch(`${node.url}/v1/models`)).json()) as {
    data: { root: string; parent: string | null }[];
  };
  return data.filter((card) => card.parent !== null).map((card) => card.root);
}

let world: FaultWorld;
/** The same for every scenario: each leaves both unloaded, on nodes that have nothing left to do. */
let versions: { old: Version; next: Version };
beforeAll(async () => {
  world = await createFaultWorld(["n1", "n2"]);
  versions = { old: await world.version("old"), next: await world.version("next") };
});
afterAll(() => world.close());

const nodeA = (): SimNode => {
  const node = world.nodes.get("n1");
  if (!node) throw new Error("there is no node n1");
  return node;
};

afterEach(async () => {
  nodeA().clearFaults();
  for (const version of [versions.old, versions.next]) await world.unstage(version);
  world.clock.leap(7_200_000);
  await world.settle();
});

describe("node faults", () => {
  it.each(SCENARIOS)("$name", async ({ strike, says, heal, isAway = false }) => {
    await world.stage(versions.old);
    await world.settle();
    const since = world.clock.now();
    await strike(nodeA(), versions);
    await world.stage(versions.next);
    await world.resync();
    expect(await world.problemsOf("n1", since)).toMatch(says);
    const serving = await world.routable(versions.old);
    expect(serving).toContain("n2");
    if (!isAway && (await listedOn(nodeA())).includes(versions.old.loraName ?? "")) expect(serving).toContain("n1");
    expect(await world.routable(versions.next)).toContain("n2");
    await (heal ?? ((node: SimNode) => node.clearFaults()))(nodeA(), versions);
    world.clock.leap(7_200_000); // past every backoff
    expect(await world.settle()).toBeLessThanOrEqual(2);
    for (const version of [versions.old, versions.next]) expect(await world.routable(version)).toEqual(["n1", "n2"]);
  });
});
