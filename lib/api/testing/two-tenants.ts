import { createEvalWorld, type EvalWorld } from "#lib/evals/testing/eval-world.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import { firstRecorded, keepOne } from "./drive-recording.ts";

/** One of everything a tenant can own, as path parameters of the API name it. */
export type Belongings = {
  tenantId: string;
  adapterId: string;
  versionId: string;
  suiteId: string;
  caseId: string;
  runId: string;
  cutoverId: string;
  approvalId: string;
  keyId: string;
  placementId: string;
  requestId: string;
  objectiveId: string;
  incidentId: string;
  recordedId: string;
};

export type TwoTenants = {
  world: EvalWorld;
  alpha: Belongings;
  beta: Belongings;
  close(): Promise<void>;
};

const PROMPTS = 10;

/** A catalog in which two tenants own one of everything: staged version, suite, queued run, open cutover, key. */
export async function createTwoTenants(): Promise<TwoTenants> {
  const world = await createEvalWorld();
  const alpha = await fillTenant(world, "alpha");
  const beta = await fillTenant(world, "beta");
  return { world, alpha, beta, close: () => world.close() };
}

async function fillTenant(world: EvalWorld, slug: string): Promise<Belongings> {
  const { admin } = world;
  const { tenantId, adapterId, versionId } = await world.addTenant(slug, PROMPTS);
  const staged = await admin.call("POST /versions/{versionId}/stage", { params: { versionId }, body: {} });
  const suiteId = idOfFirst(await admin.call("GET /suites", { query: { tenantId } }));
  const caseId = idOfFirst(await admin.call("GET /suites/{suiteId}/cases", { params: { suiteId }, query: {} }));
  const run = await admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
  const cutover = await admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId: versionId, overrideReason: "Served by its own deployment for a year." },
  });
  const approvalId = await askCustomer(world, { tenantId, cutoverId: cutover.id });
  const key = await admin.call("POST /tenants/{tenantId}/keys", {
    params: { tenantId },
    body: { name: `${slug} app`, scopes: ["inference"] },
  });
  const requestId = newId("request");
  await recordRequests(world.api.deps.db, [
    makeTrace({ id: requestId, tenantId, adapterId, versionId, fallbackReason: "no_node", ...justNow() }),
  ]);
  const objective = await admin.call("POST /objectives", {
    body: { tenantId, kind: "availability", target: 0.99, windowDays: 7, visibility: "customer" },
  });
  const incident = await admin.call("POST /incidents", { body: { title: `Of ${slug}`, tenantIds: [tenantId] } });
  const told = { tenantId, text: "We are looking into it." };
  await admin.call("POST /incidents/{incidentId}/updates", {
    params: { incidentId: incident.id },
    generation: incident.generation,
    body: { status: "investigating", texts: [told] },
  });
  return {
    tenantId,
    adapterId,
    versionId,
    suiteId,
    caseId,
    runId: run.id,
    cutoverId: cutover.id,
    approvalId,
    keyId: key.id,
    placementId: idOfFirst(staged),
    requestId,
    objectiveId: objective.id,
    incidentId: incident.id,
    recordedId: await keepRequest(world, { tenantId, adapterId, versionId }),
  };
}

/** What a cutover leaves that waits for its customer. */
async function askCustomer({ db }: EvalWorld, ids: { tenantId: string; cutoverId: string }): Promise<string> {
  const id = newId("approval");
  const [createdAt, expiresAt] = [new Date(), new Date(Date.now() + 3_600_000)];
  const asked = { step: "live", decider: "customer", approverRole: "tenant_admin", onSilence: "nothing" } as const;
  await db.write(platformScope, ({ client }) =>
    client.approval.create({ data: { id, ...ids, ...asked, cutoverGeneration: 1, createdAt, expiresAt } }),
  );
  return id;
}

/** What its customer lets us keep. */
async function keepRequest(world: EvalWorld, ids: { tenantId: string; adapterId: string; versionId: string }) {
  const customer = await world.api.clientWith(["tenant:admin"], ids.tenantId);
  const params = { adapterId: ids.adapterId };
  await customer.call("POST /adapters/{adapterId}/recording", { params, body: { agreed: true } });
  await keepOne(world, ids, "Hello.");
  return firstRecorded(world, ids.adapterId);
}

const justNow = () => ({ arrivedAt: new Date(), endedAt: new Date() });

const idOfFirst = ({ items: [first] }: { items: readonly { id: string }[] }): string => {
  if (!first) throw new Error("expected at least one");
  return first.id;
};

/** Path parameters that are well formed and name nothing. */
export const absentIds = (): Record<string, string> => ({
  tenantId: newId("tenant"),
  adapterId: newId("adapter"),
  versionId: newId("version"),
  suiteId: newId("suite"),
  templateId: newId("template"),
  caseId: newId("case"),
  runId: newId("run"),
  cutoverId: newId("cutover"),
  approvalId: newId("approval"),
  batchId: newId("batch"),
  keyId: newId("apiKey"),
  poolId: newId("pool"),
  nodeId: newId("node"),
  placementId: newId("placement"),
  rolloutId: newId("rollout"),
  jobId: newId("job"),
  importId: newId("import"),
  rowId: newId("importRow"),
  sourceId: newId("importSource"),
  requestId: newId("request"),
  endpointId: newId("endpoint"),
  controlId: newId("control"),
  alertId: newId("alert"),
  channelId: newId("channel"),
  viewId: newId("chartView"),
  objectiveId: newId("objective"),
  incidentId: newId("incident"),
  recordedId: newId("recordedCase"),
});
