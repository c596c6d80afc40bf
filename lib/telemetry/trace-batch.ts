import type { RequestTrace } from "./trace.ts";

/**
 * How a batch of traces travels to the catalog: one JSON text of rows without names, and moments as milliseconds. Names and
 * ISO dates would cost the gateway four times as much as the rows.
 */
const COLUMNS = [
  ["id", "text"],
  ["tenantId", "text"],
  ["adapterId", "text"],
  ["versionId", "text"],
  ["nodeId", "text"],
  ["loraName", "text"],
  ["kind", '"TrafficKind"'],
  ["via", '"Via"'],
  ["path", "text"],
  ["status", "int"],
  ["reason", "text"],
  ["stream", "boolean"],
  ["simulated", "boolean"],
  ["arrivedAt", "moment"],
  ["dispatchedAt", "moment"],
  ["firstByteAt", "moment"],
  ["endedAt", "moment"],
  ["promptTokens", "int"],
  ["completionTokens", "int"],
  ["keyId", "text"],
  ["nodeEpoch", "int"],
  ["endpointId", "text"],
  ["queuedMs", "int"],
  ["heldMs", "int"],
  ["expectedTier", "text"],
  ["attempts", "int"],
  ["fallbackReason", "text"],
] as const satisfies readonly (readonly [keyof RequestTrace, string])[];

const select = COLUMNS.map(([, type], at) =>
  type === "moment" ? `to_timestamp((row->>${at})::float8 / 1000)` : `(row->>${at})::${type}`,
);

/** Takes the rows of `traceRow` as one JSON list. A trace that is stored already stays as it is. */
export const INSERT_TRACES = {
  name: "insert_traces",
  text: `INSERT INTO "RequestTrace" (${COLUMNS.map(([name]) => `"${name}"`).join(", ")})
    SELECT ${select.join(", ")} FROM jsonb_array_elements($1::jsonb) AS row
    ON CONFLICT ("id") DO NOTHING`,
};

/** Written out in the order of the columns: it runs for every request. */
export const traceRow = (trace: RequestTrace): (string | number | boolean | null)[] => [
  trace.id,
  trace.tenantId,
  trace.adapterId,
  trace.versionId,
  trace.nodeId,
  trace.loraName,
  trace.kind,
  trace.via,
  trace.path,
  trace.status,
  trace.reason,
  trace.stream,
  trace.simulated,
  trace.arrivedAt.getTime(),
  moment(trace.dispatchedAt),
  moment(trace.firstByteAt),
  trace.endedAt.getTime(),
  trace.promptTokens,
  trace.completionTokens,
  trace.keyId,
  trace.nodeEpoch,
  trace.endpointId,
  trace.queuedMs,
  trace.heldMs,
  trace.expectedTier,
  trace.attempts,
  trace.fallbackReason,
];

const moment = (at: Date | null): number | null => (at === null ? null : at.getTime());
