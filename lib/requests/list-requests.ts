import type { Page } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { readRange } from "#lib/metrics/read-range.ts";
import type { RequestQuery, RequestRow } from "./browser/request-schema.ts";
import { outcomeOf } from "./describe-request.ts";
import { listRequestRows, type Names, namesOf, type OwnedTrace } from "./request-store.ts";

/** Requests, newest first. A customer's are of their own tenant, whatever the filter says. */
export async function listRequests(ctx: Ctx, query: RequestQuery): Promise<Page<RequestRow>> {
  const page = await listRequestRows(ctx.tx, { ...query, ...readRange(query, ctx.clock.now()) });
  const names = await namesOf(ctx.tx, page.items);
  return { nextCursor: page.nextCursor, items: page.items.map((trace) => requestRow(trace, names)) };
}

/** What list and page have in common. Without the nodes' names it is a customer's view, which has no nodes. */
export function requestFields(trace: OwnedTrace, names: Names) {
  const { id, tenantId, adapterId, versionId, kind, via, status, reason, fallbackReason, stream, simulated } = trace;
  const node = trace.nodeId === null ? undefined : names.nodes.get(trace.nodeId);
  return {
    id,
    tenantId,
    adapterId,
    versionId,
    kind,
    via,
    status,
    reason,
    fallbackReason,
    stream,
    simulated,
    tenantSlug: names.tenants.get(tenantId)?.slug ?? "",
    adapterSlug: (adapterId === null ? undefined : names.adapters.get(adapterId)?.slug) ?? null,
    versionNumber: (versionId === null ? undefined : names.versions.get(versionId)?.number) ?? null,
    outcome: outcomeOf(trace),
    arrivedAt: trace.arrivedAt.toISOString(),
    nodeId: node?.id ?? null,
    nodeName: node?.name ?? null,
  };
}

function requestRow(trace: OwnedTrace, names: Names): RequestRow {
  const sinceArrival = (at: Date) => at.getTime() - trace.arrivedAt.getTime();
  return {
    ...requestFields(trace, names),
    latencyMs: sinceArrival(trace.endedAt),
    ttftMs: trace.stream && trace.firstByteAt ? sinceArrival(trace.firstByteAt) : null,
    promptTokens: trace.promptTokens,
    completionTokens: trace.completionTokens,
  };
}
