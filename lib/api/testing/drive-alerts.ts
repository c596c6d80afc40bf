import { expect } from "vitest";
import { NOTHING } from "#lib/alerting/alerts/blank-observation.ts";
import type { EvalWorld } from "#lib/evals/testing/eval-world.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { CallInput, CallOutput, Signature } from "../client.ts";

type Drive = <S extends Signature>(signature: S, input: CallInput<S>) => Promise<CallOutput<S>>;

/** An alert that fires but looks well, as the loop would leave it. */
export async function addAlert(world: EvalWorld): Promise<string> {
  const id = newId("alert");
  const text = { subjectName: "node-x", what: "does not answer", sentence: "node-x does not answer." };
  await world.db.write(platformScope, ({ client }) =>
    client.alert.create({
      data: {
        id,
        rule: "node_down",
        severity: "critical",
        state: "firing",
        dedupeKey: "node_down:node:node_x",
        openKey: "node_down:node:node_x",
        subjectType: "node",
        subjectId: "node_x",
        ...text,
        evidence: NOTHING,
        startedAt: world.api.deps.clock.now(),
        goodSince: world.api.deps.clock.now(),
      },
    }),
  );
  return id;
}

/** Each mutation of alerts and of their channels, once. */
export async function driveAlerts(world: EvalWorld, drive: Drive): Promise<void> {
  const params = { alertId: await addAlert(world) };
  await drive("POST /alerts/{alertId}/acknowledge", { params });
  await drive("POST /alerts/{alertId}/notes", { params, body: { text: "Looking at it." } });
  await drive("POST /alerts/{alertId}/silence", { params, body: { reason: "Known.", minutes: 30 } });
  await drive("POST /alerts/{alertId}/resolve", { params, body: { reason: "It is gone." } });
  const { id: channelId, generation } = await drive("POST /channels", {
    body: { name: "Ops", kind: "slack", url: "http://127.0.0.1:9/hook" },
  });
  const channel = { channelId };
  await drive("PATCH /channels/{channelId}", { params: channel, generation, body: { name: "Operations" } });
  const tested = await drive("POST /channels/{channelId}/test", { params: channel });
  expect(tested.ok).toBe(false);
  await drive("DELETE /channels/{channelId}", { params: channel });
  const view = await drive("POST /chart-views", { body: { name: "Night", search: "range=6h" } });
  await drive("DELETE /chart-views/{viewId}", { params: { viewId: view.id } });
  await drive("PUT /dead-man-switch", { body: { url: "http://127.0.0.1:9/ping" } });
  await drive("DELETE /dead-man-switch", {});
}

/** Each mutation of objectives, once. */
export async function driveObjectives(tenantId: string, drive: Drive): Promise<void> {
  const { id: objectiveId, generation } = await drive("POST /objectives", {
    body: { tenantId, kind: "latency_p95", target: 1_200, windowDays: 7 },
  });
  const params = { objectiveId };
  await drive("PATCH /objectives/{objectiveId}", { params, generation, body: { target: 1_500 } });
  await drive("DELETE /objectives/{objectiveId}", { params });
}

/** Each mutation of incidents, once: one that is told of and closed, and a draft of each end. */
export async function driveIncidents(tenantId: string, drive: Drive): Promise<void> {
  const draft = await drive("POST /incidents", {
    body: { title: "Slow answers", tenantIds: [tenantId], asDraft: true },
  });
  const params = { incidentId: draft.id };
  await drive("POST /incidents/{incidentId}/accept", { params });
  const { generation } = await drive("POST /incidents/{incidentId}/notes", {
    params,
    body: { text: "Looking at it." },
  });
  const edited = await drive("PATCH /incidents/{incidentId}", { params, generation, body: { severity: "minor" } });
  await drive("POST /incidents/{incidentId}/updates", {
    params,
    generation: edited.generation,
    body: { status: "investigating", texts: [{ tenantId, text: "We are looking into it." }] },
  });
  await drive("POST /incidents/{incidentId}/resolve", { params, body: {} });
  await drive("POST /incidents/{incidentId}/reopen", { params });
  await drive("POST /incidents/{incidentId}/resolve", { params, body: {} });
  await drive("POST /incidents/{incidentId}/close", {
    params,
    body: { cause: "A node fell.", done: "It was drained." },
  });
  const other = await drive("POST /incidents", { body: { title: "A planned test", asDraft: true } });
  const otherParams = { incidentId: other.id };
  await drive("POST /incidents/{incidentId}/hold", { params: otherParams });
  await drive("POST /incidents/{incidentId}/dismiss", { params: otherParams, body: { reason: "It was planned." } });
}
