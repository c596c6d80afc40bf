import { expect } from "vitest";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import { cutoverTurn } from "#lib/cutover/testing/cutover-turn.ts";
import type { EvalWorld } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import type { CallInput, CallOutput, Signature } from "../client.ts";

/** Calls a mutation, and holds it to what the test is about. */
type Drive = <S extends Signature>(signature: S, input: CallInput<S>) => Promise<CallOutput<S>>;

const SOMEWHERE = "http://127.0.0.1:9/v1";

/** Each mutation of endpoints, of moving in from one, and of a route's shares, once. */
export async function driveEndpoints(world: EvalWorld, drive: Drive): Promise<void> {
  const { id: endpointId, generation } = await drive("POST /endpoints", {
    body: { name: "Quayside today", baseUrl: SOMEWHERE },
  });
  await drive("PATCH /endpoints/{endpointId}", { params: { endpointId }, generation, body: { gpus: 1 } });
  const { adapterId, versionId: toVersionId } = await world.addTenant("quayside", 10);
  const params = { adapterId };
  const route = await drive("PUT /adapters/{adapterId}/origin", { params, generation: 1, body: { endpointId } });
  expect(route.originEndpointId).toBe(endpointId);
  await world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params,
    body: { toVersionId, overrideReason: "Served by its own deployment for a year.", plan: AT_ONCE },
  });
  await settleFleet(world.db);
  await cutoverTurn(world.api.deps);
  const present = async () => (await world.admin.call("GET /adapters/{adapterId}", { params })).route.generation;
  await drive("PUT /adapters/{adapterId}/traffic", { params, generation: await present(), body: {} });
  await drive("POST /adapters/{adapterId}/origin/end", { params, generation: await present(), body: {} });
  const { id: unused } = await world.admin.call("POST /endpoints", { body: { name: "Unused", baseUrl: SOMEWHERE } });
  await drive("DELETE /endpoints/{endpointId}", { params: { endpointId: unused } });
}

/** Each mutation of what is set by hand, and of the settings, once. */
export async function driveControls(world: EvalWorld, drive: Drive): Promise<void> {
  const { tenantId } = await world.addTenant("vandelay", 10);
  const control = await drive("POST /controls", {
    body: { kind: "shed", tenantId, reason: "It floods.", minutes: 10 },
  });
  const params = { controlId: control.id };
  await drive("POST /controls/{controlId}/renew", { params, body: { minutes: 20 } });
  await drive("POST /controls/{controlId}/revert", { params, body: {} });
  const { generation } = await world.admin.call("GET /settings", {});
  await drive("PATCH /settings", { generation, body: { healthCheckInterval: 12 } });
}
