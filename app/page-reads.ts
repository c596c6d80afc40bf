import * as calls from "#components/ui/page-calls.ts";
import type { Ahead } from "./prefetch.ts";

/**
 * What the parts of a page show first; charts and long tables are left to the browser. A call that a frame makes belongs to
 * the frame: what the page inside it reads ahead comes too late for it.
 */
export type Reads = (ahead: Ahead) => Promise<unknown>;

const all = (...reads: Promise<unknown>[]) => Promise.all(reads);

export const overviewReads: Reads = ({ one }) => all(one(calls.overviewCall), one(calls.firstRunCall));

export const rightNowReads: Reads = ({ one }) =>
  all(
    one(calls.openAlertsCall()),
    one(calls.resolvedAlertsCall),
    one(calls.worstObjectivesCall),
    one(calls.activeIncidentsCall),
  );

export const tenantListReads =
  (view: calls.TenantView): Reads =>
  ({ one, pages }) =>
    all(pages(calls.tenantsCall(view)), one(calls.movingInCall));

export const tenantFrameReads =
  (tenantId: string): Reads =>
  ({ one, pages }) =>
    all(
      one(calls.journeyCall(tenantId)),
      one(calls.tenantCall(tenantId)),
      one(calls.tenantAdaptersCall(tenantId)),
      one(calls.tenantCutoversCall(tenantId)),
      pages(calls.controlsCall({ tenantId })),
    );

export const tenantReads =
  (tenantId: string): Reads =>
  ({ pages }) =>
    pages(calls.fallbacksCall(tenantId));

export const nodeListReads =
  (poolId: string | undefined): Reads =>
  ({ pages }) =>
    pages(calls.nodesCall(poolId));

export const nodeFrameReads =
  (nodeId: string): Reads =>
  ({ one, pages }) =>
    all(one(calls.nodeCall(nodeId)), pages(calls.controlsCall({ nodeId })));

export const nodeReads =
  (nodeId: string): Reads =>
  ({ one }) =>
    one(calls.cacheSourcesCall(nodeId));

export const poolListReads: Reads = ({ pages }) => pages(calls.poolsCall);

export const poolFrameReads =
  (poolId: string): Reads =>
  ({ one }) =>
    one(calls.poolCall(poolId));

export const adapterReads =
  (adapterId: string): Reads =>
  ({ one, pages }) =>
    all(one(calls.adapterCall(adapterId)), one(calls.draftsCall(adapterId)), pages(calls.versionsCall(adapterId)));

export const versionFrameReads =
  (versionId: string): Reads =>
  async ({ one }) => {
    const version = await one(calls.versionCall(versionId));
    if (version) await all(one(calls.lineageCall(version.adapterId)), one(calls.journeyCall(version.tenantId)));
  };

export const runReads =
  (runId: string): Reads =>
  async ({ one }) => {
    const run = await one(calls.runCall(runId));
    if (run) await one(calls.versionCall(run.candidateVersionId));
  };

export const alertListReads =
  (view: calls.AlertView): Reads =>
  ({ pages }) =>
    pages(calls.alertsCall(view));

export const alertReads =
  (alertId: string): Reads =>
  ({ one }) =>
    one(calls.alertCall(alertId));

export const trafficReads: Reads = ({ one, pages }) => all(one(calls.trafficCall), pages(calls.controlsCall()));

export const requestListReads =
  (view: calls.RequestView): Reads =>
  ({ pages }) =>
    pages(calls.requestsCall(view));

export const cutoverListReads: Reads = ({ one, pages }) =>
  all(
    pages(calls.cutoversCall),
    pages(calls.pendingApprovalsCall),
    one(calls.activeBatchesCall),
    one(calls.settingsCall),
  );

export const portalReads =
  (tenantId: string): Reads =>
  ({ one, pages }) =>
    all(
      one(calls.journeyCall(tenantId)),
      pages(calls.fallbacksCall(tenantId)),
      pages(calls.incidentUpdatesCall(tenantId)),
    );
