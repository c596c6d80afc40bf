import type { Client } from "#lib/api/client.ts";
import type { DemoTenant } from "./companies.ts";

const MINUTES = 5;
const REASON = "The demo shows what a fallback looks like; it ends automatically.";

/** Puts tenants of the plan on their fallback for a few minutes, each once in the life of a catalog. */
export async function ensureFallbacks(
  client: Client,
  tenants: readonly DemoTenant[],
  signal: AbortSignal,
): Promise<void> {
  for (const { slug } of tenants.filter(({ startsOnFallback }) => startsOnFallback)) {
    const { items: found } = await client.call("GET /tenants", { query: { q: slug, limit: 200 }, signal });
    const tenantId = found.find((tenant) => tenant.slug === slug)?.id;
    if (tenantId === undefined) continue;
    const { items: controls } = await client.call("GET /controls", { query: { tenantId, limit: 1 }, signal });
    if (controls.length > 0) continue;
    const body = { kind: "serve_fallback", tenantId, reason: REASON, minutes: MINUTES } as const;
    await client.call("POST /controls", { body, signal });
  }
}
