import type { Client } from "#lib/api/client.ts";
import type { DemoNode } from "#lib/sim/demo-nodes.ts";
import { DEMO_BASE_MODEL } from "./demo-adapters.ts";
import type { DemoBase } from "./demo-base.ts";
import type { PortalUser } from "./portal-users.ts";

const POOL_SLUG = "llama-8b";
/** A reserved A100 at the product's $1,200 a month for two. */
const PRICE_PER_HOUR = 0.82;

/** The demo's pool, as it is or newly made. @returns its id */
export async function ensurePool(
  client: Client,
  base: DemoBase,
  adapterDirectory: string,
  signal: AbortSignal,
): Promise<string> {
  const { items } = await client.call("GET /pools", { query: { limit: 200 }, signal });
  const known = items.find((pool) => pool.slug === POOL_SLUG);
  if (known) return known.id;
  const pool = await client.call("POST /pools", {
    body: {
      slug: POOL_SLUG,
      name: "Llama 8B, rank 16",
      baseModel: DEMO_BASE_MODEL,
      files: base,
      maxModelLen: 8192,
      maxLoras: 12,
      maxLoraRank: 16,
      maxCpuLoras: 48,
      gpuMemoryUtilization: 0.9,
      adapterDirectory,
    },
    signal,
  });
  return pool.id;
}

/** Adds those of the demo's nodes that the pool does not have; a customer's own deployment is none of it. They must answer: the API looks at them first. */
export async function ensureNodes(
  client: Client,
  poolId: string,
  nodes: readonly DemoNode[],
  signal: AbortSignal,
): Promise<void> {
  const { items } = await client.call("GET /nodes", { query: { poolId, limit: 200 }, signal });
  for (const { name, url, standalone, isOrigin } of nodes) {
    if (isOrigin || items.some((node) => node.name === name)) continue;
    await client.call("POST /nodes", {
      body: { poolId, name, baseUrl: url, standalone, gpu: "A100-SXM4-80GB", pricePerHour: PRICE_PER_HOUR },
      signal,
    });
  }
}

/** Adds those portal users that are missing, once their tenants exist. */
export async function ensureUsers(client: Client, users: readonly PortalUser[], signal: AbortSignal): Promise<void> {
  const [people, tenants] = await Promise.all([
    client.call("GET /users", { query: { limit: 200 }, signal }),
    client.call("GET /tenants", { query: { limit: 200 }, signal }),
  ]);
  for (const { tenantSlug, email, name, role, password } of users) {
    const tenant = tenants.items.find((candidate) => candidate.slug === tenantSlug);
    if (tenant === undefined || people.items.some((person) => person.email === email)) continue;
    const membership = { tenantId: tenant.id, role };
    await client.call("POST /users", { body: { email, name, password, membership }, signal });
  }
}
