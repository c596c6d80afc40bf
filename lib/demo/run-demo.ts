import { createClient } from "#lib/api/client.ts";
import { systemClock } from "#lib/platform/clock.ts";
import type { Log } from "#lib/platform/log.ts";
import type { DemoNode } from "#lib/sim/demo-nodes.ts";
import { type DemoTenant, SCENARIOS } from "./companies.ts";
import { behaviours } from "./demo-adapters.ts";
import { readDemoBase } from "./demo-base.ts";
import { type Facts, readFacts, readPrompts } from "./facts.ts";
import { portalUsers } from "./portal-users.ts";
import { type Callers, runTraffic } from "./run-traffic.ts";
import { ScenarioSync } from "./scenario-sync.ts";
import { ensureFallbacks } from "./seed-control.ts";
import { ensureNodes, ensurePool, ensureUsers } from "./seed-fleet.ts";
import { ensureImport } from "./seed-import.ts";
import { ensureObjectives } from "./seed-objectives.ts";
import { seedTenants } from "./seed-tenants.ts";
import { DEMO_TRAFFIC, TrafficPlan } from "./traffic-plan.ts";

export type DemoOptions = {
  /** Of the web process, without /api/v1. */
  baseUrl: string;
  gatewayUrl: string;
  /** A key that may do everything: the machine's own admin key. */
  apiKey: string;
  /** Directory of the committed tiny Llama. */
  modelDirectory: string;
  /** Where the nodes mount the adapter store. */
  adapterDirectory: string;
  /** The file that the simulated nodes were started with. */
  scenarioFile: string;
  nodes: readonly DemoNode[];
  scenario: string;
  signal: AbortSignal;
  log: Log;
  /** One line about how far it is. */
  onProgress(text: string): void;
  /** Called once: everything is written, adopted tenants are live, traffic runs; gates go on. */
  onReady(): void;
  /** How the API is reached; tests call its handler. */
  fetch?: typeof fetch;
};

const CHECK_EVERY_MS = 2_000;

/**
 * The demo's driver: writes the fleet and its tenants through the API, keeps the simulated nodes' answer key, and sends
 * customers' traffic until the signal aborts.
 * @throws Error for an unknown scenario, ApiError when the fleet cannot be written
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { adapterDirectory, signal, log, onProgress } = options;
  const tenants = SCENARIOS[options.scenario];
  if (tenants === undefined)
    throw new Error(`There is no scenario "${options.scenario}". There are: ${Object.keys(SCENARIOS).join(", ")}.`);
  const client = createClient({ baseUrl: options.baseUrl, apiKey: options.apiKey, fetch: options.fetch });
  const base = await readDemoBase(options.modelDirectory);
  const scenario = new ScenarioSync(options.scenarioFile, behaviours(tenants, base.configJson), (suiteId) =>
    readPrompts(client, suiteId, signal),
  );
  onProgress("pool and nodes");
  const poolId = await ensurePool(client, base, adapterDirectory, signal);
  await ensureNodes(client, poolId, options.nodes, signal);

  let callers: Callers = { tenants: [], tenantHeader: "" };
  const onFacts = async (facts: Facts) => {
    callers = { tenants: callableTenants(facts, tenants), tenantHeader: facts.tenantHeader };
    await scenario.update(facts);
  };
  const traffic = runTraffic({
    gatewayUrl: options.gatewayUrl,
    apiKey: options.apiKey,
    plan: new TrafficPlan(DEMO_TRAFFIC, Math.random),
    callers: () => callers,
    clock: systemClock,
    log,
    signal,
  });
  const seed = async () => {
    await seedTenants(
      {
        client,
        poolId,
        baseConfig: base.configJson,
        originUrl: options.nodes.find(({ isOrigin }) => isOrigin)?.url ?? null,
        signal,
        clock: systemClock,
        log,
        onFacts,
        onProgress: ({ written, serving, of }) =>
          onProgress(written < of ? `${written} of ${of} tenants written` : `${serving} of ${of} tenants ready`),
        onServing: async () => {
          await ensureUsers(client, portalUsers(options.apiKey), signal);
          await ensureImport(client, { poolId, adapterDirectory, baseConfig: base.configJson }, signal);
          await ensureFallbacks(client, tenants, signal);
          await ensureObjectives(client, poolId, signal);
          options.onReady();
        },
      },
      tenants,
    );
    // The stories are over; people go on making tenants and suites, which the nodes must be able to answer.
    for (;;) {
      await systemClock.sleep(CHECK_EVERY_MS, signal);
      await onFacts(await readFacts(client, signal));
    }
  };
  await Promise.all([traffic, seed().catch((error) => (signal.aborted ? undefined : Promise.reject(error)))]);
}

/** Tenants of the plan whose adapter has a live version or an origin, in the order of the plan. */
function callableTenants(facts: Facts, tenants: readonly DemoTenant[]): readonly DemoTenant[] {
  const slugs = new Set(
    facts.adapters
      .filter(
        ({ route }) =>
          route.liveVersionId !== null || (route.originEndpointId !== null && route.originEndedAt === null),
      )
      .map((adapter) => adapter.tenantSlug),
  );
  const suspended = new Set(facts.tenants.filter((tenant) => tenant.status !== "active").map((tenant) => tenant.slug));
  return tenants.filter((tenant) => slugs.has(tenant.slug) && !suspended.has(tenant.slug));
}
