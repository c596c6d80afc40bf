import { expect } from "@playwright/test";
import { addVersion, seededAdapter } from "#lib/api/testing/fleet.ts";
import { adminApi } from "./api.ts";
import { alertPageOf, consolePagesOf, type PageIds, type PageUnderTest } from "./page-list.ts";

const idOf = (item: { id: string } | undefined, what: string): string => {
  if (!item) throw new Error(`the demo has no ${what}`);
  return item.id;
};

type Api = ReturnType<typeof adminApi>;

async function versionIn(api: Api, state: "rejected" | "draft") {
  const { items } = await api.call("GET /versions", { query: { state } });
  return { adapter: items[0]?.adapterId ?? "", version: idOf(items[0], `${state} version`) };
}

/** Of an adapter with several versions: what is live beside the newest. */
async function comparison(api: Api): Promise<string> {
  const { items } = await api.call("GET /adapters", { query: { limit: 200 } });
  const adapter = items.find(
    ({ versionCount, newestVersion }) => versionCount > 1 && newestVersion?.status === "ready",
  );
  return idOf(adapter ?? items.find(({ versionCount }) => versionCount > 1), "adapter with versions");
}

/** One of some tenant; the demo has none of its own. */
async function incident(api: Api, tenantId: string): Promise<string> {
  const { items } = await api.call("GET /incidents", { query: {} });
  const open = () => api.call("POST /incidents", { body: { title: "Slow answers", tenantIds: [tenantId] } });
  return (items[0] ?? (await open())).id;
}

/** The newest; the demo's fleet works so hard that one opens within its first minutes. */
async function alert(api: Api): Promise<string> {
  const newest = async () => (await api.call("GET /alerts", { query: { limit: 1 } })).items[0];
  await expect.poll(newest, { timeout: 180_000 }).toBeDefined();
  return idOf(await newest(), "alerts");
}

/** Of a tenant of its own; the demo has none. */
async function batch(api: Api, poolId: string): Promise<string> {
  const { items } = await api.call("GET /cutover-batches", { query: {} });
  if (items[0]) return items[0].id;
  const { id: tenantId } = await api.call("POST /tenants", { body: { slug: "batched", name: "Batched" } });
  const body = { slug: "bot", name: "Bot", poolId };
  const { id: adapterId } = await api.call("POST /tenants/{tenantId}/adapters", { params: { tenantId }, body });
  const { id: toVersionId } = await addVersion(api, adapterId, await seededAdapter("batched"));
  const plan = { rows: [{ adapterId, toVersionId }], atOnce: 1, overrideReason: "Only its page is looked at." };
  return (await api.call("POST /cutover-batches", { body: plan })).id;
}

/** Real objects of the demo fleet. */
async function demoIds(api: Api): Promise<PageIds> {
  const runs = (await api.call("GET /runs", { query: { limit: 200 } })).items;
  const run = runs.find(({ verdict }) => verdict !== null) ?? runs[0];
  const tenantNamed = async (q: string, what: string) =>
    idOf((await api.call("GET /tenants", { query: { q } })).items[0], what);
  const tenant = idOf((await api.call("GET /tenants", { query: {} })).items[0], "tenants");
  const pool = idOf((await api.call("GET /pools", { query: {} })).items[0], "pools");
  const nodes = (await api.call("GET /nodes", { query: {} })).items;
  const suite = idOf((await api.call("GET /suites", { query: {} })).items[0], "suites");
  const prompts = await api.call("GET /suites/{suiteId}/cases", { params: { suiteId: suite }, query: {} });
  const imports = (await api.call("GET /imports", { query: {} })).items;
  return {
    tenant,
    onboarding: await tenantNamed("hollis", "tenant on its way in"),
    atOrigin: await tenantNamed("pinecrest", "tenant with an endpoint of its own"),
    run: {
      id: idOf(run, "runs"),
      tenant: run?.tenantId ?? tenant,
      adapter: run?.adapterId ?? "",
      version: run?.candidateVersionId ?? "",
    },
    rejected: await versionIn(api, "rejected"),
    draft: await versionIn(api, "draft"),
    compared: await comparison(api),
    draftImport: idOf(
      imports.find(({ state }) => state === "open"),
      "open import",
    ),
    suite,
    prompt: idOf(prompts.items[0], "prompts"),
    cutover: idOf((await api.call("GET /cutovers", { query: {} })).items[0], "cutovers"),
    batch: await batch(api, pool),
    job: idOf((await api.call("GET /jobs", { query: {} })).items[0], "jobs"),
    pool,
    node: idOf(
      nodes.find(({ standalone }) => !standalone),
      "nodes",
    ),
    request: idOf((await api.call("GET /requests", { query: {} })).items[0], "requests"),
    incident: await incident(api, tenant),
  };
}

/** Every page of the console, with real objects of the demo fleet; last, that of an alert, which takes a while to open. */
export async function* consolePages(): AsyncGenerator<PageUnderTest> {
  const api = adminApi();
  yield* consolePagesOf(await demoIds(api));
  yield alertPageOf(await alert(api));
}
