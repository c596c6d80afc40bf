import { expect } from "@playwright/test";
import { addVersion, seededAdapter } from "#lib/api/testing/fleet.ts";
import { adminApi } from "./api.ts";

export type PageUnderTest = {
  /** Names its screenshots. */
  name: string;
  path: string;
  /** The largest first load of JavaScript, in bytes gzip. */
  budget: number;
  /** Another page with the same parts is looked at anyway: this one only at night. */
  isVariant?: boolean;
};

const LIST = 220_000;
/** A list whose address opens a panel at once, which is otherwise loaded when it is asked for. */
const LIST_WITH_PANEL = 235_000;
const CHART = 350_000;

const idOf = (item: { id: string } | undefined, what: string): string => {
  if (!item) throw new Error(`the demo has no ${what}`);
  return item.id;
};

type Api = ReturnType<typeof adminApi>;

async function versionIn(api: Api, state: "rejected" | "draft"): Promise<string> {
  const { items } = await api.call("GET /versions", { query: { state } });
  return `/adapters/${items[0]?.adapterId}/versions/${idOf(items[0], `${state} version`)}`;
}

/** Of an adapter with several versions: what is live beside the newest. */
async function comparison(api: Api): Promise<string> {
  const { items } = await api.call("GET /adapters", { query: { limit: 200 } });
  const adapter = items.find(
    ({ versionCount, newestVersion }) => versionCount > 1 && newestVersion?.status === "ready",
  );
  return `/adapters/${idOf(adapter ?? items.find(({ versionCount }) => versionCount > 1), "adapter with versions")}/compare`;
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

/** Every page of the console, with real objects of the demo fleet; last, that of an alert, which takes a while to open. */
export async function* consolePages(): AsyncGenerator<PageUnderTest> {
  const api = adminApi();
  const runs = (await api.call("GET /runs", { query: { limit: 200 } })).items;
  const run = runs.find(({ verdict }) => verdict !== null) ?? runs[0];
  const tenant = idOf((await api.call("GET /tenants", { query: {} })).items[0], "tenants");
  const onboarding = idOf(
    (await api.call("GET /tenants", { query: { q: "hollis" } })).items[0],
    "tenant on its way in",
  );
  const atOrigin = idOf(
    (await api.call("GET /tenants", { query: { q: "pinecrest" } })).items[0],
    "tenant with an endpoint of its own",
  );
  const cutover = idOf((await api.call("GET /cutovers", { query: {} })).items[0], "cutovers");
  const pool = idOf((await api.call("GET /pools", { query: {} })).items[0], "pools");
  const node = idOf(
    (await api.call("GET /nodes", { query: {} })).items.find(({ standalone }) => !standalone),
    "nodes",
  );
  const suite = idOf((await api.call("GET /suites", { query: {} })).items[0], "suites");
  const prompts = await api.call("GET /suites/{suiteId}/cases", { params: { suiteId: suite }, query: {} });
  const prompt = idOf(prompts.items[0], "prompts");
  const job = idOf((await api.call("GET /jobs", { query: {} })).items[0], "jobs");
  const imports = (await api.call("GET /imports", { query: {} })).items;
  const open = idOf(
    imports.find(({ state }) => state === "open"),
    "open import",
  );
  const request = idOf((await api.call("GET /requests", { query: {} })).items[0], "requests");
  const version = `/adapters/${run?.adapterId}/versions/${run?.candidateVersionId}`;
  const list = (name: string, path: string) => ({ name, path, budget: LIST });
  const chart = (name: string, path: string) => ({ name, path, budget: CHART });
  const alike = (page: PageUnderTest): PageUnderTest => ({ ...page, isVariant: true });
  yield* [
    list("overview", "/"),
    chart("right-now", "/right-now"),
    list("tenants", "/tenants"),
    list("tenant", `/tenants/${tenant}`),
    list("tenant-onboard", "/tenants/onboard"),
    alike(list("tenant-onboard-gate", `/tenants/onboard?tenant=${onboarding}`)),
    list("tenants-import", "/tenants/import"),
    list("import-grid", `/tenants/import/${open}`),
    list("tenant-adapters", `/tenants/${tenant}/adapters`),
    list("tenant-routing", `/tenants/${tenant}/routing`),
    alike(list("tenant-at-origin", `/tenants/${atOrigin}/routing`)),
    list("tenant-answers", `/tenants/${run?.tenantId ?? tenant}/answers`),
    list("tenant-recorded", `/tenants/${tenant}/recorded`),
    list("tenant-release", `/tenants/${tenant}/release`),
    list("tenant-access", `/tenants/${tenant}/access`),
    list("tenant-activity", `/tenants/${tenant}/activity`),
    list("tenant-offboarding", `/tenants/${tenant}/offboarding`),
    list("adapters", "/adapters"),
    list("adapter", `/adapters/${run?.adapterId}`),
    list("adapter-add", `/adapters/${run?.adapterId}/add`),
    alike(list("adapters-filtered", "/adapters?status=rejected&sort=-updated")),
    list("adapter-compare", await comparison(api)),
    list("version-report", version),
    list("version-rejected", await versionIn(api, "rejected")),
    alike(list("version-draft", await versionIn(api, "draft"))),
    list("version-files", `${version}/files`),
    list("version-placements", `${version}/placements`),
    list("version-gate", `${version}/gate`),
    list("version-history", `${version}/history`),
    list("evals", "/evals"),
    list("run", `/evals/runs/${idOf(run, "runs")}`),
    list("run-report", `/evals/runs/${idOf(run, "runs")}/report`),
    list("suites", "/evals/suites"),
    alike(list("suites-all", "/evals/suites?by=suites")),
    alike({ name: "suite-new", path: "/evals/suites?create=true", budget: LIST_WITH_PANEL }),
    list("suite", `/evals/suites/${suite}`),
    { name: "suite-prompt", path: `/evals/suites/${suite}?peek=${prompt}`, budget: LIST_WITH_PANEL },
    list("templates", "/evals/templates"),
    list("cutovers", "/cutovers"),
    chart("cutover", `/cutovers/${cutover}`),
    list("batch-new", "/cutovers/batches/new"),
    list("batch", `/cutovers/batches/${await batch(api, pool)}`),
    list("system", "/system"),
    list("jobs", "/jobs"),
    list("job", `/jobs/${job}`),
    list("settings", "/settings"),
    list("settings-sources", "/settings/sources"),
    list("settings-endpoints", "/settings/endpoints"),
    list("settings-objectives", "/settings/objectives"),
    list("settings-notifications", "/settings/notifications"),
    list("pools", "/pools"),
    list("pool", `/pools/${pool}`),
    list("pool-placement", `/pools/${pool}/placement`),
    list("pool-rollouts", `/pools/${pool}/rollouts`),
    list("pool-contract", `/pools/${pool}/contract`),
    list("nodes", "/nodes"),
    list("node-add", `/nodes/add?pool=${pool}`),
    chart("node", `/nodes/${node}`),
    list("node-loaded", `/nodes/${node}/placements`),
    list("node-timeline", `/nodes/${node}/timeline`),
    list("node-swaps", `/nodes/${node}/swaps`),
    list("node-inspection", `/nodes/${node}/inspection`),
    list("node-drift", `/nodes/${node}/drift`),
    list("traffic", "/traffic"),
    alike(list("traffic-nodes", "/traffic?by=node")),
    list("requests", "/requests"),
    list("request", `/requests/${request}`),
    alike(list("request-missing", "/requests/req_00000000000070008000000000000000")),
    chart("charts", "/charts?range=15m"),
    alike(chart("charts-by-node", "/charts?by=node&compare=true")),
    chart("board-fleet", "/charts/fleet"),
    alike(chart("board-pool", `/charts/pools/${pool}`)),
    chart("board-node", `/charts/nodes/${node}`),
    alike(chart("board-tenant", `/charts/tenants/${tenant}?compare=true`)),
    list("alerts", "/alerts?state=all"),
    list("incidents", "/incidents?state=all"),
    list("incident", `/incidents/${await incident(api, tenant)}`),
    list("changes", "/changes"),
    list("audit", "/audit"),
    list("help", "/help"),
    list("checks", "/help/checks"),
    list("errors", "/help/errors"),
    alike(list("check", "/help/checks/wrong_prefix")),
    list("runbooks", "/help/runbooks"),
    list("runbook", "/help/runbooks/node_down"),
  ];
  yield chart("alert", `/alerts/${await alert(api)}`);
}
