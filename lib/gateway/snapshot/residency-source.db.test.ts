import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { AdmissionWorld, node } from "../admission/testing/admission-world.ts";
import { ResidencySource } from "./residency-source.ts";

const START = new Date("2026-11-24T12:00:00.000Z");
let database: TestDatabase;
let ids: { near: string; far: string };
let world: AdmissionWorld;
let source: ResidencySource;

const now = () => new Date(START.getTime() + world.clock.now());
const tiers = (nodeId: string, names: Record<string, "gpu" | "cpu">, epoch = 1) =>
  seed.seedScrape(database.db, { nodeId, at: now(), epoch, tiers: names });
/** A worker scraped, and the gateway reads it a moment later. */
const passes = async (ms: number) => {
  world.clock.advance(ms);
  await source.refresh();
};
/** Where a request of tenant a goes now, and from where its weights are expected. */
const next = () => {
  const { place } = world.ask("a", { nodes: [ids.near, ids.far] });
  place?.release();
  return [place?.nodeId === ids.near ? "near" : "far", place?.tier];
};

beforeAll(async () => {
  database = await createTestDatabase();
  const poolId = await seed.seedPool(database.db);
  const add = (name: string) => seed.seedNode(database.db, { poolId, name, baseUrl: `http://${name}`, seenAt: START });
  ids = { near: await add("near"), far: await add("far") };
});
afterAll(() => database.close());
beforeEach(async () => {
  await seed.forgetScrapes(database.db);
  world = new AdmissionWorld([node(ids.near), node(ids.far)]);
  const { admission, clock } = world;
  source = new ResidencySource({ db: database.db, admission, now, steady: () => clock.now(), log: silentLog });
});

it("sends a request where its weights were measured to lie, and knows that it swaps elsewhere", async () => {
  await tiers(ids.near, {});
  await tiers(ids.far, { a: "cpu" });
  await passes(2_000);
  expect(next()).toEqual(["far", "cpu"]);
  expect(source.measuredNodes).toBe(2);
  expect(world.ask("b", { nodes: [ids.near] }).place?.tier).toBe("disk");
});

it("believes a scrape over what it expected, and its own swap over a scrape that is older", async () => {
  await tiers(ids.near, {});
  await tiers(ids.far, { a: "gpu" });
  world.clock.advance(5_000);
  world.ask("a", { nodes: [ids.near] }).place?.release(); // our own swap, after the scrape and before we read it
  await passes(0);
  expect(next()).toEqual(["near", "gpu"]);
  world.clock.advance(10_000);
  await tiers(ids.near, {}); // somebody else's requests pushed it out
  await tiers(ids.far, { a: "gpu" });
  await passes(2_000);
  expect(next()).toEqual(["far", "gpu"]);
});

it("knows nothing of a node without the plugin, after a restart, and when nobody scraped it for 90 s", async () => {
  expect(next()).toEqual(["near", "unknown"]);
  await seed.seedScrape(database.db, { nodeId: ids.far, at: now(), epoch: 1, tiers: null });
  await tiers(ids.near, {}, 2); // a process that the catalog does not know yet
  await passes(2_000);
  expect(source.measuredNodes).toBe(0);
  await tiers(ids.near, { b: "cpu" });
  await passes(2_000);
  expect([source.measuredNodes, world.ask("c", { nodes: [ids.near] }).place?.tier]).toEqual([1, "disk"]);
  await passes(91_000);
  expect([source.measuredNodes, world.ask("d", { nodes: [ids.near] }).place?.tier]).toEqual([0, "unknown"]);
});

it("takes a scrape again that came before its node's new process was in force", async () => {
  await seed.setEpoch(database.db, ids.far, 2);
  await tiers(ids.far, { a: "gpu" }, 2);
  await passes(2_000);
  expect(source.measuredNodes).toBe(0);
  world.configure([node(ids.near), node(ids.far, { epoch: 2 })]);
  await passes(2_000);
  expect([source.measuredNodes, ...next()]).toEqual([1, "far", "gpu"]);
  await seed.setEpoch(database.db, ids.far, 1);
});

it("goes on with what it knows while the catalog is away", async () => {
  await tiers(ids.far, { a: "gpu" });
  await passes(2_000);
  const { admission, clock } = world;
  const gone = await createTestDatabase();
  await gone.close();
  source = new ResidencySource({ db: gone.db, admission, now, steady: () => clock.now(), log: silentLog });
  await passes(2_000);
  expect(next()).toEqual(["far", "gpu"]);
});
