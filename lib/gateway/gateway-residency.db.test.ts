import { expect, it } from "vitest";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { explainIn } from "./testing/explain-in.ts";
import { chat, eventually, gatewayWorld, metricsOf, readTraces, restart } from "./testing/gateway-world.ts";

const world = gatewayWorld();
const measured = async () => Number(/^switchyard_gateway_nodes_measured (\d+)$/m.exec(await metricsOf(world))?.[1]);

it("sends a request where the node's plugin says that the weights are, as the explanation does", async () => {
  const { db } = world.database;
  const { acme, nodeIds, v2 } = world.fleet;
  const nameOf = (reply: Response) => reply.headers.get("x-switchyard-served-by");
  const before = nameOf(await chat(world));
  const [has, lacks] = before === "node-1" ? [nodeIds[1], nodeIds[0]] : [nodeIds[0], nodeIds[1]];
  if (!has || !lacks) throw new Error("the fleet has two nodes");
  // a scrape from before a request has quite ended says nothing against it, so it is scraped again
  await eventually(async () => {
    await seed.seedScrape(db, { nodeId: has, at: new Date(), epoch: 1, tiers: { [v2.loraName]: "gpu" } });
    await seed.seedScrape(db, { nodeId: lacks, at: new Date(), epoch: 1, tiers: {} });
    const answer = await explainIn(world, acme);
    const nodes = answer.kind === "explained" ? (answer.options[0]?.nodes ?? []) : [];
    expect(nodes.map(({ nodeId, tier, isChosen }) => [nodeId, tier, isChosen])).toEqual([
      [has, "gpu", true],
      [lacks, "disk", false],
    ]);
  });
  await restart(world); // it no longer knows what it put where by itself
  await eventually(async () => expect(await measured()).toBe(2));
  expect(nameOf(await chat(world))).not.toBe(before);
  await eventually(async () =>
    expect((await readTraces(world)).map(({ nodeId, expectedTier }) => [nodeId, expectedTier])).toEqual([
      [lacks, "unknown"],
      [has, "gpu"],
    ]),
  );
});
