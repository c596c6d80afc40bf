import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { parseApiKey } from "#lib/identity/api-key.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { type Log, silentLog } from "#lib/platform/log.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { sealEndpointKey } from "#lib/registry/endpoints/endpoint-access.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { type Gateway, startGateway } from "../start-gateway.ts";
import { type FakeNode, startFakeNode } from "./fake-node.ts";
import { ACME_KEY, GLOBEX_KEY, TRUSTED_KEY } from "./make-snapshot.ts";

export const BASE = "tiny-llama";
export const NOW = new Date();
export const MESSAGES = [{ role: "user" as const, content: "hello" }];
const secrets = createSecrets("ab".repeat(32));
const PROVIDER_KEY = "provider-key";

type Fleet = Awaited<ReturnType<typeof seedFleet>>;
/** One gateway over a catalog and two nodes, fresh for every test. */
export type World = { database: TestDatabase; gateway: Gateway; nodes: [FakeNode, FakeNode]; fleet: Fleet };

/** Registers the hooks of a test file. The returned object holds the present test's world. */
export function gatewayWorld(): World {
  const world = {} as World;
  beforeAll(async () => {
    world.database = await createTestDatabase();
  });
  afterAll(() => world.database.close());
  beforeEach(async () => {
    world.nodes = [await startFakeNode([BASE]), await startFakeNode([BASE])];
    world.fleet = await seedFleet(world.database.db, world.nodes);
    world.gateway = await start(world);
    await eventually(async () => expect((await fetch(url(world, "/readyz"))).status).toBe(200));
  });
  afterEach(async () => {
    await world.gateway.stop();
    for (const node of [...world.nodes, ...others.splice(0)]) if (node.isRunning()) await node.stop();
    await write(world, async (client) => {
      await client.request.deleteMany();
      await client.control.deleteMany();
      await client.apiKey.deleteMany();
      await client.tenant.deleteMany();
      await client.node.deleteMany();
      await client.pool.deleteMany();
      await client.endpoint.deleteMany();
      await client.setting.deleteMany();
    });
  });
  return world;
}

export const start = (world: World, log: Log = silentLog): Promise<Gateway> =>
  startGateway({ db: world.database.db, secrets, log, port: 0, metricsPort: 0, metricsHost: "127.0.0.1" });

export const write = <T>(world: World, change: (client: Tx["client"]) => Promise<T>): Promise<T> =>
  world.database.db.write(platformScope, ({ client }) => change(client));

const addKey = (db: Database, text: string, tenantId: string | null, scopes: string[]) => {
  const { prefix, hash } = parseApiKey(text);
  return db.write(platformScope, ({ client }) =>
    client.apiKey.create({ data: { id: newId("apiKey"), tenantId, name: "test", prefix, hash, scopes } }),
  );
};

/** Services of somebody else that the present test started. */
const others: FakeNode[] = [];

/** A service of somebody else that answers to these names, and the catalog's row of it. */
export async function startEndpoint(
  world: World,
  change: { names?: readonly string[]; tenantId?: string; model?: string | null; baseUrl?: string } = {},
) {
  const service = await startFakeNode(change.names ?? ["gpt-x"]);
  others.push(service);
  const id = newId("endpoint");
  const data = {
    id,
    tenantId: change.tenantId ?? null,
    name: "provider",
    baseUrl: change.baseUrl ?? `${service.url}/v1`,
    model: change.model === undefined ? "gpt-x" : change.model,
    sealedKey: sealEndpointKey(secrets, id, PROVIDER_KEY),
  };
  await write(world, (client) => client.endpoint.create({ data }));
  return { id, service };
}

/** Starts the gateway anew: it has read what was written before. */
export async function restart(world: World): Promise<void> {
  await world.gateway.stop();
  world.gateway = await start(world);
  await eventually(async () => expect((await fetch(url(world, "/readyz"))).status).toBe(200));
}

/** Changes a row of the present fleet, as an administrator would. */
export const setTenant = (world: World, data: Prisma.TenantUncheckedUpdateInput) =>
  write(world, (client) => client.tenant.update({ where: { id: world.fleet.acme }, data }));
export const setPool = (world: World, data: Prisma.PoolUncheckedUpdateInput) =>
  write(world, (client) => client.pool.update({ where: { id: world.fleet.poolId }, data }));
export const setRoute = (world: World, data: Prisma.RouteUncheckedUpdateInput) =>
  write(world, (client) => client.route.update({ where: { adapterId: world.fleet.adapterId }, data }));
export const unload = (world: World, versionId: string) =>
  write(world, (client) => client.registration.deleteMany({ where: { versionId } }));

/** Waits until a request is answered so: "200 node-1 v2 primary". @returns that reply */
export const becomes = (world: World, expected: string | RegExp): Promise<Response> =>
  eventually(async () => {
    const reply = await chat(world);
    await reply.clone().arrayBuffer();
    expect(`${reply.status} ${said(reply.headers)}`).toMatch(expected);
    return reply;
  });

/** acme: version 2 live after version 1, both proven on both nodes. globex: nothing live. */
async function seedFleet(db: Database, nodes: readonly FakeNode[]) {
  const poolId = await seed.seedPool(db, { baseModel: BASE });
  const acme = await seed.seedTenant(db, { slug: "acme" });
  const globex = await seed.seedTenant(db, { slug: "globex" });
  const adapterId = await seed.seedAdapter(db, { tenantId: acme, poolId, slug: "support", isDefault: true });
  await seed.seedAdapter(db, { tenantId: globex, poolId, slug: "sales" });
  const versions: { id: string; loraName: string }[] = [];
  for (const number of [1, 2]) {
    const loraName = `acme--support--v${number}-0123456789ab`;
    versions.push({ id: await seed.seedVersion(db, { tenantId: acme, adapterId, number, loraName }), loraName });
  }
  const nodeIds: string[] = [];
  for (const [index, node] of nodes.entries()) {
    const nodeId = await seed.seedNode(db, { poolId, name: `node-${index + 1}`, baseUrl: node.url, seenAt: NOW });
    await db.write(platformScope, ({ client }) =>
      client.node.update({
        where: { id: nodeId },
        data: { sealedKey: secrets.seal("node-key", `Node.sealedKey:${nodeId}`) },
      }),
    );
    for (const { id: versionId, loraName } of versions) {
      node.names.add(loraName);
      await seed.seedRoutable(db, { tenantId: acme, versionId, nodeId, loraName, at: NOW });
    }
    nodeIds.push(nodeId);
  }
  const [v1, v2] = versions;
  if (!v1 || !v2) throw new Error("two versions were seeded");
  await seed.pointRoute(db, adapterId, { liveVersionId: v2.id, previousVersionId: v1.id, liveSince: NOW });
  await addKey(db, ACME_KEY, acme, ["inference"]);
  await addKey(db, GLOBEX_KEY, globex, ["inference"]);
  await addKey(db, TRUSTED_KEY, null, ["gateway:trusted"]);
  return { poolId, acme, globex, adapterId, v1, v2, nodeIds };
}

export const url = (world: World, path: string): string => `http://127.0.0.1:${world.gateway.port}${path}`;
export const metricsOf = async (world: World): Promise<string> =>
  (await fetch(`http://127.0.0.1:${world.gateway.metricsPort}/metrics`)).text();

export const post = (
  world: World,
  path: string,
  body: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> =>
  fetch(url(world, path), {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${ACME_KEY}`, "content-type": "application/json", ...headers },
    ...(signal ? { signal } : {}),
  });

export const chat = (world: World, headers: Record<string, string> = {}, body: object = {}): Promise<Response> =>
  post(world, "/v1/chat/completions", JSON.stringify({ messages: MESSAGES, ...body }), headers);

/** What was stored of requests, the first first. */
export const readTraces = (world: World) =>
  world.database.db.read(platformScope, ({ client }) => client.request.findMany({ orderBy: { arrivedAt: "asc" } }));

/** "node-1 v2 primary": who answered, with what, and by which way. */
export const said = (headers: Headers): string =>
  ["served-by", "version", "via"].map((name) => headers.get(`x-switchyard-${name}`)).join(" ");

export async function errorOf(reply: Response) {
  const { error } = (await reply.json()) as {
    error: { message: string; type: string; param: string | null; code: string };
  };
  return { status: reply.status, ...error };
}

/** Waits until something that happens elsewhere has happened. */
export const eventually = <T>(check: () => Promise<T> | T): Promise<T> =>
  vi.waitFor(check, { timeout: 10_000, interval: 30 });

/** Everything the nodes were asked, in no particular order. */
export const allSeen = (world: World) => world.nodes.flatMap((node) => node.seen);
export const nextRequest = (world: World) => Promise.race(world.nodes.map((node) => node.nextRequest()));
