export type PageUnderTest = {
  /** Names its screenshots. */
  name: string;
  path: string;
  /** The largest first load of JavaScript, in bytes gzip. */
  budget: number;
  /** Another page with the same parts is looked at anyway: this one only at night. */
  isVariant?: boolean;
};

type VersionIds = { adapter: string; version: string };
/** Objects of a running product, one for each kind of page. */
export type PageIds = Record<
  | ("tenant" | "onboarding" | "atOrigin" | "compared" | "draftImport" | "suite" | "prompt" | "cutover" | "batch")
  | ("job" | "pool" | "node" | "request" | "incident"),
  string
> & { run: VersionIds & { id: string; tenant: string }; rejected: VersionIds; draft: VersionIds };

const LIST = 220_000;
/** A list whose address opens a panel or a form at once, which is otherwise loaded when it is asked for. */
const LIST_WITH_PANEL = 235_000;
const CHART = 350_000;

const list = (name: string, path: string): PageUnderTest => ({ name, path, budget: LIST });
const panel = (name: string, path: string): PageUnderTest => ({ name, path, budget: LIST_WITH_PANEL });
const chart = (name: string, path: string): PageUnderTest => ({ name, path, budget: CHART });
const alike = (page: PageUnderTest): PageUnderTest => ({ ...page, isVariant: true });
const versionPath = ({ adapter, version }: VersionIds): string => `/adapters/${adapter}/versions/${version}`;

/** Every page of the console but that of an alert. `app/page-list.test.ts` holds it complete. */
export const consolePagesOf = (ids: PageIds): PageUnderTest[] => [
  ...START_PAGES,
  ...tenantPages(ids),
  ...adapterPages(ids),
  ...releasePages(ids),
  ...systemPages(ids),
  ...fleetPages(ids),
  ...monitoringPages(ids),
  ...HELP_PAGES,
];

export const alertPageOf = (alertId: string): PageUnderTest => chart("alert", `/alerts/${alertId}`);

/** Every page of a customer's portal but that of an approval. */
export const portalPagesOf = ({ request, version }: { request: string; version: string }): PageUnderTest[] => [
  list("portal", "/portal"),
  list("portal-versions", "/portal/versions"),
  list("portal-requests", "/portal/requests"),
  alike(list("portal-request", `/portal/requests/${request}`)),
  list("portal-recording", "/portal/recording"),
  list("portal-keys", "/portal/keys"),
  alike(list("portal-report", `/portal/versions/${version}/report`)),
];

/** Pages that no list has, and who looks at them instead. */
export const UNLISTED_PAGES: Readonly<Record<string, string>> = {
  "/sign-in": "Signed-out readers only: e2e/demo/pages.spec.ts.",
  "/signed-in": "A tab that closes itself at once: e2e/journeys/session.spec.ts.",
  "/versions/[versionId]": "It leads on to the version's report at once.",
  "/alerts/[alertId]": "It takes a while to open, so `consolePages` has it last.",
  "/pools/[poolId]/rollouts/[rolloutId]": "A rollout restarts every node: e2e/nightly/rollout.spec.ts.",
  "/portal/approvals/[approvalId]": "A cutover has to wait for the customer: e2e/nightly/approval.spec.ts.",
};

const START_PAGES: readonly PageUnderTest[] = [
  list("overview", "/"),
  alike(list("onboarding", "/onboarding")),
  chart("right-now", "/right-now"),
];

const tenantPages = ({ run, ...ids }: PageIds): PageUnderTest[] => [
  list("tenants", "/tenants"),
  list("tenant", `/tenants/${ids.tenant}`),
  panel("tenant-onboard", "/tenants/onboard"),
  alike(panel("tenant-onboard-gate", `/tenants/onboard?tenant=${ids.onboarding}`)),
  list("tenants-import", "/tenants/import"),
  list("import-grid", `/tenants/import/${ids.draftImport}`),
  list("tenant-adapters", `/tenants/${ids.tenant}/adapters`),
  list("tenant-routing", `/tenants/${ids.tenant}/routing`),
  alike(list("tenant-at-origin", `/tenants/${ids.atOrigin}/routing`)),
  list("tenant-answers", `/tenants/${run.tenant}/answers`),
  list("tenant-recorded", `/tenants/${ids.tenant}/recorded`),
  list("tenant-release", `/tenants/${ids.tenant}/release`),
  list("tenant-access", `/tenants/${ids.tenant}/access`),
  list("tenant-activity", `/tenants/${ids.tenant}/activity`),
  list("tenant-offboarding", `/tenants/${ids.tenant}/offboarding`),
];

function adapterPages({ run, ...ids }: PageIds): PageUnderTest[] {
  const version = versionPath(run);
  return [
    list("adapters", "/adapters"),
    list("adapter", `/adapters/${run.adapter}`),
    list("adapter-add", `/adapters/${run.adapter}/add`),
    alike(list("adapters-filtered", "/adapters?status=rejected&sort=-updated")),
    list("adapter-compare", `/adapters/${ids.compared}/compare`),
    list("version-report", version),
    list("version-rejected", versionPath(ids.rejected)),
    alike(list("version-draft", versionPath(ids.draft))),
    list("version-files", `${version}/files`),
    list("version-placements", `${version}/placements`),
    list("version-gate", `${version}/gate`),
    list("version-history", `${version}/history`),
  ];
}

const releasePages = ({ run, ...ids }: PageIds): PageUnderTest[] => [
  list("evals", "/evals"),
  list("run", `/evals/runs/${run.id}`),
  list("run-report", `/evals/runs/${run.id}/report`),
  list("suites", "/evals/suites"),
  alike(list("suites-all", "/evals/suites?by=suites")),
  alike(panel("suite-new", "/evals/suites?create=true")),
  list("suite", `/evals/suites/${ids.suite}`),
  panel("suite-prompt", `/evals/suites/${ids.suite}?peek=${ids.prompt}`),
  list("templates", "/evals/templates"),
  list("cutovers", "/cutovers"),
  chart("cutover", `/cutovers/${ids.cutover}`),
  panel("batch-new", "/cutovers/batches/new"),
  list("batch", `/cutovers/batches/${ids.batch}`),
];

const systemPages = (ids: PageIds): PageUnderTest[] => [
  list("system", "/system"),
  list("jobs", "/jobs"),
  list("job", `/jobs/${ids.job}`),
  list("settings", "/settings"),
  list("settings-sources", "/settings/sources"),
  list("settings-endpoints", "/settings/endpoints"),
  list("settings-objectives", "/settings/objectives"),
  list("settings-notifications", "/settings/notifications"),
];

const fleetPages = (ids: PageIds): PageUnderTest[] => [
  list("pools", "/pools"),
  list("pool", `/pools/${ids.pool}`),
  alike(list("pool-nodes", `/pools/${ids.pool}/nodes`)),
  list("pool-launch", `/pools/${ids.pool}/launch`),
  list("pool-placement", `/pools/${ids.pool}/placement`),
  list("pool-rollouts", `/pools/${ids.pool}/rollouts`),
  list("pool-contract", `/pools/${ids.pool}/contract`),
  list("nodes", "/nodes"),
  list("node-add", `/nodes/add?pool=${ids.pool}`),
  chart("node", `/nodes/${ids.node}`),
  list("node-loaded", `/nodes/${ids.node}/placements`),
  list("node-timeline", `/nodes/${ids.node}/timeline`),
  list("node-swaps", `/nodes/${ids.node}/swaps`),
  list("node-inspection", `/nodes/${ids.node}/inspection`),
  list("node-drift", `/nodes/${ids.node}/drift`),
];

const monitoringPages = (ids: PageIds): PageUnderTest[] => [
  list("traffic", "/traffic"),
  alike(list("traffic-nodes", "/traffic?by=node")),
  list("requests", "/requests"),
  list("request", `/requests/${ids.request}`),
  alike(list("request-missing", "/requests/req_00000000000070008000000000000000")),
  chart("charts", "/charts?range=15m"),
  alike(chart("charts-by-node", "/charts?by=node&compare=true")),
  chart("board-fleet", "/charts/fleet"),
  alike(chart("board-pool", `/charts/pools/${ids.pool}`)),
  chart("board-node", `/charts/nodes/${ids.node}`),
  alike(chart("board-tenant", `/charts/tenants/${ids.tenant}?compare=true`)),
  list("alerts", "/alerts?state=all"),
  list("incidents", "/incidents?state=all"),
  panel("incident", `/incidents/${ids.incident}`),
  list("changes", "/changes"),
  list("audit", "/audit"),
];

const HELP_PAGES: readonly PageUnderTest[] = [
  list("help", "/help"),
  list("checks", "/help/checks"),
  list("errors", "/help/errors"),
  alike(list("check", "/help/checks/wrong_prefix")),
  list("runbooks", "/help/runbooks"),
  list("runbook", "/help/runbooks/node_down"),
];
