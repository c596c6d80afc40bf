import { HydrationBoundary, hashKey, QueryClientProvider, type QueryKey } from "@tanstack/react-query";
import { AppRouterContext } from "next/dist/shared/lib/app-router-context.shared-runtime";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { NuqsTestingAdapter } from "nuqs/adapters/testing";
import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AdapterPage } from "#components/adapters/adapter-page.tsx";
import { VersionFrame } from "#components/adapters/version/version-frame.tsx";
import { AlertList } from "#components/alerts/alert-list.tsx";
import { WaitingApprovals } from "#components/approvals/waiting-approvals.tsx";
import { ControlsInForce } from "#components/controls/controls-in-force.tsx";
import { CutoverTable } from "#components/cutovers/cutover-table.tsx";
import { RollBackTenant } from "#components/cutovers/roll-back.tsx";
import { RunPage } from "#components/evals/run-page.tsx";
import { RightNow } from "#components/explorer/right-now.tsx";
import { FallbackNow } from "#components/fallbacks/fallback-now.tsx";
import { OpenIncidents } from "#components/incidents/open-incidents.tsx";
import { PortalIncidents } from "#components/incidents/portal-incidents.tsx";
import { DraftNotice } from "#components/intake/upload/draft-notice.tsx";
import { NodeFrame } from "#components/nodes/node-frame.tsx";
import { NodeList } from "#components/nodes/node-list.tsx";
import { NodeSummary } from "#components/nodes/node-summary.tsx";
import { OverviewPage } from "#components/overview/overview-page.tsx";
import { PoolFrame } from "#components/pools/pool-frame.tsx";
import { PoolList } from "#components/pools/pool-list.tsx";
import { PortalStatus } from "#components/portal/portal-status.tsx";
import { RequestList } from "#components/requests/request-list.tsx";
import { TenantFrame } from "#components/tenants/tenant-frame.tsx";
import { TenantList } from "#components/tenants/tenant-list.tsx";
import { TenantSummary } from "#components/tenants/tenant-summary.tsx";
import { TrafficPage } from "#components/traffic/traffic-page.tsx";
import { DEFAULT_PREFERENCES } from "#components/ui/preferences.ts";
import { ReaderProvider } from "#components/ui/reader.tsx";
import { createSessionWatch } from "#components/ui/session-watch.ts";
import { type Client, createClient } from "#lib/api/client.ts";
import { addAlert } from "#lib/api/testing/drive-alerts.ts";
import { createTwoTenants, type TwoTenants } from "#lib/api/testing/two-tenants.ts";
import { Triage } from "./(console)/alerts/[alertId]/triage.tsx";
import type { Reads } from "./page-reads.ts";
import * as reads from "./page-reads.ts";
import { prefetch } from "./prefetch.ts";
import { createQueryClient } from "./providers.tsx";

let both: TwoTenants;
let alertId: string;
beforeAll(async () => {
  both = await createTwoTenants();
  alertId = await addAlert(both.world);
});
afterAll(() => both.close());

type Part = {
  read: Reads;
  /** What the page's server part puts inside it. */
  components: ReactNode;
  /** The layout around the page, which reads ahead for itself. */
  frame?: { read: Reads; around: (page: ReactNode) => ReactNode };
  /** A part of what its first HTML says. */
  says: string;
  /** Of a customer's portal, or of the console. */
  by?: "customer";
};

/** A busy machine is slow, and that is not what is tested. */
const PATIENT_MS = 60_000;

/** Every export of `page-reads.ts`, with the components that it reads for. */
const PARTS: Record<keyof typeof reads, () => Part> = {
  overviewReads: () => ({ read: reads.overviewReads, components: <OverviewPage />, says: "of 2 tenants" }),
  rightNowReads: () => ({
    read: reads.rightNowReads,
    components: <RightNow incidents={<OpenIncidents />} />,
    says: "Of beta",
  }),
  tenantListReads: () => ({
    read: reads.tenantListReads({ q: "alp", health: null, status: "active" }),
    components: <TenantList />,
    says: "alpha",
  }),
  tenantFrameReads: () => ({
    read: reads.tenantFrameReads(both.alpha.tenantId),
    components: (
      <TenantFrame tenantId={both.alpha.tenantId} secondary={<RollBackTenant tenantId={both.alpha.tenantId} />}>
        <ControlsInForce tenantId={both.alpha.tenantId} />
      </TenantFrame>
    ),
    says: "alpha",
  }),
  tenantReads: () => ({
    read: reads.tenantReads(both.alpha.tenantId),
    components: (
      <>
        <FallbackNow tenantId={both.alpha.tenantId} audience="staff" />
        <TenantSummary tenantId={both.alpha.tenantId} />
      </>
    ),
    frame: {
      read: reads.tenantFrameReads(both.alpha.tenantId),
      around: (page) => <TenantFrame tenantId={both.alpha.tenantId}>{page}</TenantFrame>,
    },
    says: "When unavailable",
  }),
  nodeListReads: () => ({ read: reads.nodeListReads(undefined), components: <NodeList />, says: "node-1" }),
  nodeFrameReads: () => ({
    read: reads.nodeFrameReads(both.world.node.id),
    components: (
      <NodeFrame nodeId={both.world.node.id}>
        <ControlsInForce nodeId={both.world.node.id} />
      </NodeFrame>
    ),
    says: "node-1",
  }),
  nodeReads: () => ({
    read: reads.nodeReads(both.world.node.id),
    components: <NodeSummary nodeId={both.world.node.id} />,
    frame: {
      read: reads.nodeFrameReads(both.world.node.id),
      around: (page) => <NodeFrame nodeId={both.world.node.id}>{page}</NodeFrame>,
    },
    says: "Conditions",
  }),
  poolListReads: () => ({ read: reads.poolListReads, components: <PoolList />, says: "pool" }),
  poolFrameReads: () => ({
    read: reads.poolFrameReads(both.world.poolId),
    components: <PoolFrame poolId={both.world.poolId}>Its page</PoolFrame>,
    says: "Its page",
  }),
  adapterReads: () => ({
    read: reads.adapterReads(both.alpha.adapterId),
    components: (
      <AdapterPage adapterId={both.alpha.adapterId} notice={<DraftNotice adapterId={both.alpha.adapterId} />} />
    ),
    says: "v1",
  }),
  versionFrameReads: () => ({
    read: reads.versionFrameReads(both.alpha.versionId),
    components: <VersionFrame versionId={both.alpha.versionId}>Its page</VersionFrame>,
    says: "Its page",
  }),
  runReads: () => ({
    read: reads.runReads(both.alpha.runId),
    components: <RunPage runId={both.alpha.runId} />,
    says: "10",
  }),
  alertListReads: () => ({
    read: reads.alertListReads({ state: "open", severity: null }),
    components: <AlertList />,
    says: "node-x does not answer.",
  }),
  alertReads: () => ({
    read: reads.alertReads(alertId),
    components: <Triage alertId={alertId} />,
    says: "node-x does not answer.",
  }),
  trafficReads: () => ({
    read: reads.trafficReads,
    components: <TrafficPage tryIt={null} byHand={<ControlsInForce />} history={null} whyNode={() => null} />,
    says: "No gateway is running",
  }),
  requestListReads: () => ({
    read: reads.requestListReads({ outcome: null, tenant: both.alpha.tenantId, node: null }),
    components: <RequestList audience="staff" />,
    says: "alpha",
  }),
  cutoverListReads: () => ({
    read: reads.cutoverListReads,
    components: <CutoverTable approvals={<WaitingApprovals />} />,
    says: "Waiting for approval",
  }),
  portalReads: () => ({
    read: reads.portalReads(both.alpha.tenantId),
    components: (
      <PortalStatus
        tenantId={both.alpha.tenantId}
        gatewayUrl="http://gateway.test"
        tryIt={null}
        fallbackNow={<FallbackNow tenantId={both.alpha.tenantId} audience="customer" />}
        approvals={null}
        incidents={<PortalIncidents tenantId={both.alpha.tenantId} />}
        promises={null}
        fallbacks={null}
      />
    ),
    says: "We are looking into it.",
    by: "customer",
  }),
};

/** The address that shows what a list is asked for above. */
const SEARCH: Partial<Record<string, () => string>> = {
  tenantListReads: () => "?q=alp&status=active",
  requestListReads: () => `?tenant=${both.alpha.tenantId}`,
};

const clientOf = (by: Part["by"]) =>
  by === "customer" ? both.world.api.clientWith(["tenant:admin"], both.alpha.tenantId) : both.world.admin;

const stay = () => undefined;
/** No page of these tests is left. */
const ROUTER = {
  ...{ back: stay, forward: stay, refresh: stay, push: stay, replace: stay, prefetch: stay },
  ...{ hmrRefresh: stay, bfcacheId: "0" },
};

/** Long enough for a browser to start the page's scripts. */
const START_MS = 2_000;

/** Draws a page as the server does before any script runs. @returns its HTML, and what its components ask of which cache */
function draw(page: ReactNode, search: string) {
  const asked: string[] = [];
  const cache = createQueryClient(createSessionWatch());
  const queryKeyHashFn = (key: QueryKey) => {
    asked.push(hashKey(key));
    return hashKey(key);
  };
  cache.setDefaultOptions({ queries: { ...cache.getDefaultOptions().queries, queryKeyHashFn } });
  const html = renderToString(
    <AppRouterContext value={ROUTER}>
      <PathnameContext value="/">
        <QueryClientProvider client={cache}>
          <NuqsTestingAdapter searchParams={search}>
            <ReaderProvider
              locale="en-US"
              preferences={DEFAULT_PREFERENCES}
              may={["fleet.read", "fleet.write"]}
              drawnAt={Date.now()}
            >
              {page}
            </ReaderProvider>
          </NuqsTestingAdapter>
        </QueryClientProvider>
      </PathnameContext>
    </AppRouterContext>,
  );
  return { html, asked, cache };
}

describe("what a page reads ahead", () => {
  it.each(Object.entries(PARTS))("%s: components show it first, and need not read it again", async (name, make) => {
    const { read, components, frame, says, by } = make();
    const failed: string[] = [];
    const client = await clientOf(by);
    const ahead = (part: Reads) => prefetch(client, part, (signature) => failed.push(signature), PATIENT_MS);
    const state = await ahead(read);
    const page = <HydrationBoundary state={state}>{components}</HydrationBoundary>;
    const framed = frame && <HydrationBoundary state={await ahead(frame.read)}>{frame.around(page)}</HydrationBoundary>;
    expect(failed).toEqual([]);
    const { html, asked, cache } = draw(framed ?? page, SEARCH[name]?.() ?? "");
    expect(html).toContain(says);
    expect(state.queries.length).toBeGreaterThan(0);
    for (const { queryHash } of state.queries) {
      expect(asked).toContain(queryHash);
      expect(cache.getQueryCache().get(queryHash)?.state.data, queryHash).toBeDefined();
    }
    expect(cache.getDefaultOptions().queries?.staleTime).toBeGreaterThanOrEqual(START_MS);
  });

  it("is nothing where the visitor may not read it, and the rest is there", async () => {
    const refused: string[] = [];
    const customer = await clientOf("customer");
    const read: Reads = (ahead) =>
      Promise.all([reads.overviewReads(ahead), reads.portalReads(both.alpha.tenantId)(ahead)]);
    const state = await prefetch(customer, read, (signature) => refused.push(signature), PATIENT_MS);
    expect(refused.sort()).toEqual(["GET /first-run", "GET /overview"]);
    expect(state.queries).toHaveLength(3);
  });

  it("is missing where the object is another tenant's or nobody's", async () => {
    const customer = await clientOf("customer");
    const missing = { problem: { status: 404 } };
    const ignore = () => undefined;
    await expect(prefetch(customer, reads.portalReads(both.beta.tenantId), ignore, PATIENT_MS)).rejects.toMatchObject(
      missing,
    );
    await expect(
      prefetch(both.world.admin, reads.nodeFrameReads("node_none"), ignore, PATIENT_MS),
    ).rejects.toMatchObject(missing);
  });

  it("is left to the browser when it takes too long or fails", async () => {
    const failed: string[] = [];
    const silent: Client = createClient({ baseUrl: "http://console.test", fetch: () => new Promise(() => undefined) });
    const down: Client = createClient({
      baseUrl: "http://console.test",
      fetch: () => Promise.reject(new Error("down")),
    });
    expect((await prefetch(silent, reads.overviewReads, (each) => failed.push(each), 1)).queries).toEqual([]);
    expect(failed).toEqual([]);
    expect((await prefetch(down, reads.overviewReads, (each) => failed.push(each))).queries).toEqual([]);
    expect(failed).toEqual(["GET /overview", "GET /first-run"]);
  });
});
