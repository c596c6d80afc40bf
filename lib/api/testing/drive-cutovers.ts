import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import type { PlanChoice } from "#lib/cutover/browser/plan-schema.ts";
import { NO_POLICY } from "#lib/cutover/browser/policy-schema.ts";
import { cutoverTurn } from "#lib/cutover/testing/cutover-turn.ts";
import type { EvalWorld } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import type { CallInput, CallOutput, Signature } from "../client.ts";

/** Calls a mutation, and holds it to what the test is about. */
type Drive = <S extends Signature>(signature: S, input: CallInput<S>) => Promise<CallOutput<S>>;

const overrideReason = "Served by its own deployment for a year.";

/** Every change of a cutover: started, aborted, rolled back, and its steps by hand. */
export async function driveCutovers(world: EvalWorld, drive: Drive): Promise<void> {
  const { tenantId, adapterId, versionId } = await world.addTenant("umbrella", 10);
  const begin = async (toVersionId: string, plan: PlanChoice): Promise<string> => {
    const body = { toVersionId, overrideReason, plan };
    const { id } = await drive("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
    return id;
  };
  const warm = async (cutoverId: string) => {
    await settleFleet(world.db);
    await cutoverTurn(world.api.deps);
    return { cutoverId };
  };
  const aborted = await begin(versionId, AT_ONCE);
  await drive("POST /cutovers/{cutoverId}/abort", { params: { cutoverId: aborted }, body: {} });
  await warm(await begin(versionId, AT_ONCE));
  const second = await warm(await begin(await world.addVersion(adapterId), AT_ONCE));
  await drive("POST /cutovers/{cutoverId}/rollback", { params: second, body: { reason: "Errors rose." } });

  const params = await warm(await begin(await world.addVersion(adapterId), {}));
  const generation = async () => (await world.admin.call("GET /cutovers/{cutoverId}", { params })).generation;
  await drive("POST /cutovers/{cutoverId}/pause", { params, body: {}, generation: await generation() });
  await drive("POST /cutovers/{cutoverId}/resume", { params, body: {}, generation: await generation() });
  const body = { withoutSamples: true, reason: "Nobody asks at night." };
  await drive("POST /cutovers/{cutoverId}/promote", { params, body, generation: await generation() });
  await world.admin.call("POST /cutovers/{cutoverId}/rollback", { params, body: {} });
  await driveApprovals(world, drive, { tenantId, adapterId });
  await driveBatches(world, drive);
}

/** A release policy, and both answers to what it asks. */
async function driveApprovals(world: EvalWorld, drive: Drive, ids: { tenantId: string; adapterId: string }) {
  const params = { tenantId: ids.tenantId };
  const { generation } = await world.admin.call("GET /tenants/{tenantId}/release-policy", { params });
  const body = { ...NO_POLICY, beforeLive: "platform" as const };
  await drive("PUT /tenants/{tenantId}/release-policy", { params, body, generation });
  const initial = await world.admin.call("GET /release-policy", {});
  await drive("PUT /release-policy", { body: initial.policy, generation: initial.generation });
  for (const verb of ["decline", "approve"] as const) {
    await world.admin.call("POST /adapters/{adapterId}/cutovers", {
      params: { adapterId: ids.adapterId },
      body: { toVersionId: await world.addVersion(ids.adapterId), overrideReason, plan: AT_ONCE },
    });
    await settleFleet(world.db);
    await cutoverTurn(world.api.deps);
    const query = { tenantId: ids.tenantId, state: "pending" } as const;
    const approvalId = (await world.admin.call("GET /approvals", { query })).items[0]?.id ?? "";
    await drive(`POST /approvals/{approvalId}/${verb}`, { params: { approvalId }, body: { comment: "As agreed." } });
    await cutoverTurn(world.api.deps);
  }
}

/** Every change of a batch, by hand. */
async function driveBatches(world: EvalWorld, drive: Drive): Promise<void> {
  const { adapterId, versionId: toVersionId } = await world.addTenant("batched", 10);
  const body = { rows: [{ adapterId, toVersionId }], atOnce: 1, overrideReason };
  const { id: batchId, generation } = await drive("POST /cutover-batches", { body });
  const params = { batchId };
  const paused = await drive("POST /cutover-batches/{batchId}/pause", { params, body: {}, generation });
  const resumed = { params, body: {}, generation: paused.generation };
  const running = await drive("POST /cutover-batches/{batchId}/resume", resumed);
  const reason = "Enough for today.";
  await drive("POST /cutover-batches/{batchId}/stop", { params, body: { reason }, generation: running.generation });
}
