import { keepRecorded } from "#lib/evals/suites/recorded/keep-recorded.ts";
import { prepareRecorded } from "#lib/evals/suites/recorded/prepare-recorded.ts";
import type { EvalWorld } from "#lib/evals/testing/eval-world.ts";
import type { CallInput, CallOutput, Client, Signature } from "../client.ts";

type Drive = <S extends Signature>(signature: S, input: CallInput<S>, as?: Client) => Promise<CallOutput<S>>;

/** Recorded requests: allowed by a customer, taken out, made into a suite, ended. */
export async function driveRecording(world: EvalWorld, drive: Drive): Promise<void> {
  const { tenantId, adapterId, versionId } = await world.addTenant("tyrell", 10);
  const params = { adapterId };
  const customer = await world.api.clientWith(["tenant:admin"], tenantId);
  await drive("POST /adapters/{adapterId}/recording", { params, body: { agreed: true } }, customer);
  await keepOne(world, { adapterId, versionId }, "Hello.");
  await keepOne(world, { adapterId, versionId }, "Good-bye.");
  await drive("POST /adapters/{adapterId}/recorded/suite", { params, body: { name: "Recorded" } });
  const recordedId = await firstRecorded(world, adapterId);
  await drive("DELETE /recorded/{recordedId}", { params: { recordedId } });
  await drive("POST /adapters/{adapterId}/recording/end", { params, body: { withdraw: true } });
}

export async function firstRecorded({ admin }: EvalWorld, adapterId: string): Promise<string> {
  const { items } = await admin.call("GET /adapters/{adapterId}/recorded", { params: { adapterId }, query: {} });
  return items[0]?.id ?? "";
}

/** What a gateway does with a request whose customer lets it be kept. */
export async function keepOne(
  { admin, db }: EvalWorld,
  { adapterId, versionId }: { adapterId: string; versionId: string },
  said: string,
): Promise<void> {
  const state = await admin.call("GET /adapters/{adapterId}/recording", { params: { adapterId } });
  const tools = [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }];
  const body = JSON.stringify({ messages: [{ role: "user", content: said }], tools });
  const prepared = prepareRecorded({ body, calls: [], content: "Yes." }, [], Math.random);
  const seen = { recordingId: state.recording?.id ?? "", versionId, askedAt: new Date(), prepared };
  await keepRecorded(db, seen, new Date());
}
