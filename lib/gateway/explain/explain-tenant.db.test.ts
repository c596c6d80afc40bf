import { expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import type { RouteQuery } from "../browser/route-schema.ts";
import { explainIn } from "../testing/explain-in.ts";
import { chat, eventually, gatewayWorld, said, write } from "../testing/gateway-world.ts";

const world = gatewayWorld();

const explain = (tenantId: string, query: RouteQuery = {}) => explainIn(world, tenantId, query);
const explained = async (tenantId: string, query: RouteQuery = {}) => {
  const answer = await explain(tenantId, query);
  if (answer.kind === "refused") throw new Error(answer.rejection.code);
  return answer;
};
const refusal = async (tenantId: string, query: RouteQuery = {}) => {
  const answer = await explain(tenantId, query);
  return answer.kind === "refused" ? answer.rejection.code : answer.sentence;
};

it("names the node and the way that the gateway then takes, before and after a node goes", async () => {
  const { acme, v2 } = world.fleet;
  const before = await explained(acme);
  expect(before.options[0]).toMatchObject({ via: "primary", versionId: v2.id, versionNumber: 2, isChosen: true });
  expect(before.options[0]?.nodes.map(({ reason, isChosen }) => [reason, isChosen])).toEqual([
    [null, true],
    [null, false],
  ]);
  const served = (await chat(world)).headers.get("x-switchyard-served-by");
  await (served === "node-1" ? world.nodes[0] : world.nodes[1]).stop();
  const next = said((await chat(world)).headers); // the gateway notices
  await eventually(async () => {
    const after = await explained(acme);
    const [up, down] = after.options[0]?.nodes ?? [];
    expect([up?.isChosen, down?.nodeName, down?.reason]).toEqual([true, served, "down"]);
    expect(`${up?.nodeName} v${after.options[0]?.versionNumber} ${after.options[0]?.via}`).toBe(next);
    expect(Date.parse(after.asOf ?? "")).toBeGreaterThan(Date.now() - 10_000);
  });
});

it("tells of splits, mirrors and pins, and says a refusal as an answer", async () => {
  const { acme, globex, adapterId, v1, v2 } = world.fleet;
  await write(world, (client) =>
    client.route.update({
      where: { adapterId },
      data: { candidateVersionId: v1.id, candidateWeight: 10, mirrorVersionId: v1.id, mirrorShare: 25 },
    }),
  );
  expect(await explained(acme)).toMatchObject({
    split: { versionId: v1.id, versionNumber: 1, weight: 10 },
    mirror: { versionId: v1.id, versionNumber: 1, share: 25 },
    options: [{ versionId: v2.id }, { via: "base_model", isFallback: true }],
  });
  expect((await explained(acme, { versionId: v1.id })).options).toMatchObject([{ versionId: v1.id }]);
  expect(await refusal(acme, { model: "nothing" })).toBe("model_not_found");
  expect(await refusal(globex)).toBe("model_not_live");
  expect(await refusal(globex, { versionId: v1.id })).toBe("pinned_version_not_found");
  await write(world, (client) => client.tenant.update({ where: { id: acme }, data: { status: "suspended" } }));
  expect(await refusal(acme)).toBe("tenant_suspended");
  await expect(explain(newId("tenant"))).rejects.toThrow("No such tenant.");
});
