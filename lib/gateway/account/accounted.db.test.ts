import { expect, it } from "vitest";
import { systemActor } from "#lib/identity/actor.ts";
import { type Ctx, readCtx } from "#lib/identity/ctx.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { FallbackQuery } from "#lib/requests/browser/request-schema.ts";
import { UsageQuery } from "#lib/requests/browser/usage-schema.ts";
import { listFallbacks } from "#lib/requests/list-fallbacks.ts";
import { showRequest } from "#lib/requests/show-request.ts";
import { readTraffic } from "#lib/requests/traffic/read-traffic.ts";
import { readUsage } from "#lib/requests/usage/read-usage.ts";
import { chat, eventually, gatewayWorld, write } from "../testing/gateway-world.ts";

const world = gatewayWorld();

const as = <T>(scope: Scope, query: (ctx: Ctx) => Promise<T>): Promise<T> => {
  const deps = {
    db: world.database.db,
    clock: systemClock,
    log: silentLog,
    secrets: createSecrets("ab".repeat(32)),
    outbound: createOutbound(),
    adapterStore: "/nowhere",
    gatewayUrl: "http://127.0.0.1:1",
  };
  return readCtx(deps, { actor: systemActor("test"), scope, requestId: newId("request") }, query);
};
const ask = async () => {
  const reply = await chat(world);
  await reply.text();
  return reply.headers.get("x-request-id") ?? "";
};
const show = (id: string, scope: Scope = platformScope) => as(scope, (ctx) => showRequest(ctx, id));

it("shows a request by its id within a second, and counts it, uses its key and reports the node", async () => {
  const { acme, v2 } = world.fleet;
  const id = await ask();
  const request = await eventually(() => show(id));
  expect(request).toMatchObject({
    tenantSlug: "acme",
    versionId: v2.id,
    via: "primary",
    outcome: "answered",
    retries: 0,
  });
  expect(request.sentence).toMatch(/^Answered by v2 on node-[12] in /);
  expect(request.key?.name).toBe("test");
  expect(request.staff).toMatchObject({ loraName: v2.loraName, nodeEpoch: 1 });
  const known = request.stages.map(({ time }) => time.value).filter((value) => value !== null);
  const sum = known.reduce((total, value) => total + value, 0);
  expect(Math.abs(sum - (request.latency.value ?? 0))).toBeLessThanOrEqual(2);
  await expect(show(id, tenantScope(world.fleet.globex))).rejects.toThrow("No such request.");
  await eventually(async () => {
    const usage = await as(tenantScope(acme), (ctx) => readUsage(ctx, UsageQuery.parse({ to: soon() })));
    expect(usage.items).toMatchObject([{ versionId: v2.id, requests: 1, failed: 0, latencyMs: { count: 1 } }]);
    const keys = await write(world, (client) => client.apiKey.findMany({ where: { tenantId: acme } }));
    expect(keys.map(({ lastUsedAt }) => lastUsedAt !== null)).toEqual([true]);
  });
  await eventually(async () => {
    const traffic = await as(platformScope, readTraffic);
    expect(traffic).toMatchObject({ isStale: false, gateways: { live: 1 } });
    expect(traffic.nodes.map(({ name, reachable }) => [name, reachable])).toEqual([
      ["node-1", { by: 1, of: 1 }],
      ["node-2", { by: 1, of: 1 }],
    ]);
  });
});

it("says so when something else answered: on the request, as an episode, as a condition", async () => {
  const { acme, v2 } = world.fleet;
  for (const node of world.nodes) node.names.delete(v2.loraName);
  const id = await ask();
  const request = await eventually(() => show(id, tenantScope(acme)));
  expect(request).toMatchObject({ outcome: "fallback", via: "base_model", versionId: null, staff: null });
  expect(request.why).toMatch(/^The base model answers instead, as /);
  const episodes = await as(tenantScope(acme), (ctx) => listFallbacks(ctx, FallbackQuery.parse({})));
  expect(episodes.items).toMatchObject([{ id, tenantSlug: "acme", via: "base_model", until: null, requests: 1 }]);
  await eventually(async () => {
    const conditions = await write(world, (client) => client.serviceCondition.findMany({ where: { tenantId: acme } }));
    expect(conditions).toMatchObject([{ type: "OnFallback", status: "true", subject: `tenant:${acme}` }]);
  });
});

const soon = () => new Date(Date.now() + 60_000).toISOString();
