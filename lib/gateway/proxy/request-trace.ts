import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { Client } from "../front/client.ts";
import type { Caller, Pins } from "../front/identify-caller.ts";
import type { Rejection } from "../front/rejection.ts";
import type { ReplyPipe } from "./reply-pipe.ts";

/** The trace of a request of a known tenant, of which nothing else is known yet. */
export function newTrace(
  { requestId, arrivedAt }: Pick<Client, "requestId" | "arrivedAt">,
  path: string,
  tenantId: string,
  keyId: string | null,
  kind: Pins["kind"],
): RequestTrace {
  const at = new Date(arrivedAt);
  return {
    id: requestId,
    tenantId,
    adapterId: null,
    versionId: null,
    nodeId: null,
    loraName: null,
    kind,
    via: null,
    path,
    status: 0,
    reason: null,
    stream: false,
    simulated: false,
    arrivedAt: at,
    dispatchedAt: null,
    firstByteAt: null,
    endedAt: at,
    promptTokens: null,
    completionTokens: null,
    keyId,
    nodeEpoch: null,
    endpointId: null,
    queuedMs: null,
    heldMs: null,
    expectedTier: null,
    attempts: 0,
    fallbackReason: null,
    failedVersionId: null,
    toolCalls: null,
    comparison: null,
  };
}

/** The trace of a request that the gateway refused by itself. */
export function refusedTrace(
  client: Client,
  path: string,
  caller: { tenant: Caller["tenant"]; keyId: string | null; pins?: Pins },
  { status, code }: Pick<Rejection, "status" | "code"> | { status: 499; code: "client_gone" },
  now: number,
): RequestTrace {
  const trace = newTrace(client, path, caller.tenant.id, caller.keyId, caller.pins?.kind ?? "user");
  trace.status = status;
  trace.reason = code;
  trace.endedAt = new Date(now);
  return trace;
}

/**
 * What the reply itself said of its tokens, and when its body began.
 * @param promptEstimate made when the request came
 * @returns tokens spent; where a stream did not tell, about as many as it had chunks. null = unknown
 */
export function noteTokens(
  trace: RequestTrace,
  { usage, pace, firstByteAt }: ReplyPipe,
  promptEstimate: number,
): number | null {
  const { promptTokens, completionTokens } = usage.read();
  trace.promptTokens = promptTokens;
  trace.completionTokens = completionTokens;
  if (firstByteAt !== null) trace.firstByteAt = new Date(firstByteAt);
  if (promptTokens !== null || completionTokens !== null) return (promptTokens ?? 0) + (completionTokens ?? 0);
  return pace === null ? null : promptEstimate + pace.chunks;
}
