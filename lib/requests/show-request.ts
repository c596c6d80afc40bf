import type { Ctx } from "#lib/identity/ctx.ts";
import { type Histogram, mergeHistograms } from "#lib/metrics/histogram.ts";
import { marksOfChart } from "#lib/metrics/marks/events.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { RequestAround, RequestDetail } from "./browser/request-schema.ts";
import { sentenceOf, whyOf } from "./describe-request.ts";
import { requestFields } from "./list-requests.ts";
import { requestStages } from "./request-stages.ts";
import {
  findEndpointName,
  findRequest,
  findRequestKey,
  type MinuteOfNode,
  namesOf,
  type OwnedTrace,
  readNodeMinutes,
} from "./request-store.ts";
import type { ExpectedTier } from "./trace/trace.ts";

const AROUND_MS = 10_000;

/**
 * Everything that is known of one request; nothing of its content. A customer sees no nodes.
 * @throws AppError `not_found`, also for another tenant's
 */
export async function showRequest(ctx: Ctx, requestId: string): Promise<RequestDetail> {
  const trace = await findRequest(ctx.tx, requestId);
  if (!trace) throw notFound("request");
  const isStaff = ctx.scope.kind === "platform";
  const names = await namesOf(ctx.tx, [trace]);
  const minutes = await minutesOf(ctx, trace);
  const { arrivedAt, dispatchedAt, firstByteAt, endedAt } = trace;
  const make = measurementsOf({ simulated: trace.simulated, asOf: endedAt });
  const fields = requestFields(trace, names);
  const latencyMs = endedAt.getTime() - arrivedAt.getTime();
  const isStreamed = trace.stream && firstByteAt !== null;
  return {
    ...fields,
    sentence: sentenceOf({ ...trace, latencyMs, version: fields.versionNumber, node: fields.nodeName }),
    why: whyOf(trace),
    tenantName: names.tenants.get(trace.tenantId)?.name ?? "",
    path: trace.path,
    dispatchedAt: dispatchedAt?.toISOString() ?? null,
    firstByteAt: firstByteAt?.toISOString() ?? null,
    endedAt: endedAt.toISOString(),
    latency: make(latencyMs, "ms"),
    ttft: make(isStreamed ? firstByteAt.getTime() - arrivedAt.getTime() : null, "ms"),
    stages: requestStages(
      { ...trace, expectedTier: tierOf(trace.expectedTier) },
      {
        cpu: joined(minutes.map((minute) => minute.swapSecondsFromCpu)),
        disk: joined(minutes.map((minute) => minute.swapSecondsFromDisk)),
      },
    ),
    promptTokens: make(trace.promptTokens, "tokens"),
    completionTokens: make(trace.completionTokens, "tokens"),
    tokensPerSecond: make(tokensPerSecond(trace), "tok/s"),
    retries: Math.max(0, trace.attempts - 1),
    key: trace.keyId === null ? null : await findRequestKey(ctx.tx, trace.keyId),
    staff: isStaff
      ? {
          loraName: trace.loraName,
          nodeEpoch: trace.nodeEpoch,
          endpoint: await endpointOf(ctx, trace.endpointId),
          expectedTier: tierOf(trace.expectedTier),
          around: await aroundOf(ctx, trace, minutes),
        }
      : null,
  };
}

const TIERS: readonly ExpectedTier[] = ["gpu", "cpu", "disk", "unknown"];
const tierOf = (stored: string | null): ExpectedTier | null => TIERS.find((tier) => tier === stored) ?? null;

/** A customer's view has no nodes, so its swap times stay unknown. */
const minutesOf = async (ctx: Ctx, { nodeId, dispatchedAt, endedAt }: OwnedTrace): Promise<MinuteOfNode[]> =>
  nodeId === null || dispatchedAt === null || ctx.scope.kind === "tenant"
    ? []
    : readNodeMinutes(ctx.tx, nodeId, { from: dispatchedAt, to: endedAt });

const joined = (histograms: readonly (Histogram | null)[]): Histogram | null =>
  histograms.reduce<Histogram | null>((sum, one) => (sum && one ? mergeHistograms(sum, one) : (sum ?? one)), null);

/** While it streamed; a reply in one piece took all its time to come. null = nobody told its tokens. */
function tokensPerSecond({ completionTokens, stream, firstByteAt, dispatchedAt, endedAt }: OwnedTrace): number | null {
  const begun = stream ? firstByteAt : dispatchedAt;
  if (completionTokens === null || begun === null) return null;
  const seconds = (endedAt.getTime() - begun.getTime()) / 1000;
  return seconds > 0 ? completionTokens / seconds : null;
}

async function endpointOf(ctx: Ctx, endpointId: string | null) {
  if (endpointId === null) return null;
  return { id: endpointId, name: (await findEndpointName(ctx.tx, endpointId))?.name ?? null };
}

async function aroundOf(
  ctx: Ctx,
  { nodeId, arrivedAt, endedAt }: OwnedTrace,
  minutes: readonly MinuteOfNode[],
): Promise<RequestAround | null> {
  if (nodeId === null) return null;
  const from = new Date(arrivedAt.getTime() - AROUND_MS);
  const to = new Date(endedAt.getTime() + AROUND_MS);
  const events = await marksOfChart(ctx, { from, to, within: { nodeIds: [nodeId], poolIds: [] } });
  const make = measurementsOf({ simulated: minutes.some((minute) => minute.simulated), asOf: endedAt });
  const sum = (of: "evictions" | "swapsFromCpu" | "swapsFromDisk") => {
    const known = minutes.map((minute) => minute[of]).filter((value) => value !== null);
    return make(known.length === 0 ? null : known.reduce((total, value) => total + value, 0), "count");
  };
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    events: events.filter((event) => event.nodeId === nodeId).reverse(),
    evictions: sum("evictions"),
    swapsFromCpu: sum("swapsFromCpu"),
    swapsFromDisk: sum("swapsFromDisk"),
  };
}
