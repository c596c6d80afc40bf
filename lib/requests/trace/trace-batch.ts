import type { RequestTrace } from "./trace.ts";

/**
 * Traces as they travel to the catalog: bytes of one JSON list, of rows without names, and moments as milliseconds. Names
 * and ISO dates would cost the gateway four times as much as the rows; the bytes lie outside the heap, where they may wait
 * without being looked at by the collector.
 */
export class TraceBatch {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;
  #size = 0;

  add(trace: RequestTrace): void {
    const row = `${this.#size === 0 ? "[" : ","}${JSON.stringify(traceRow(trace))}`;
    // UTF-8 takes three bytes a UTF-16 unit at most; one is for the bracket at the end
    this.#makeRoom(row.length * 3 + 1);
    this.#used += this.#bytes.write(row, this.#used);
    this.#size += 1;
  }

  /** Traces in it. */
  get size(): number {
    return this.#size;
  }

  /** The JSON list, UTF-8; a view that the next `add` makes invalid. */
  json(): Buffer {
    if (this.#size === 0) return Buffer.from("[]");
    this.#bytes.write("]", this.#used);
    return this.#bytes.subarray(0, this.#used + 1);
  }

  /** When each of them arrived; read from the bytes, as it is rarely asked for. */
  arrivals(): Date[] {
    const rows = JSON.parse(this.json().toString()) as number[][];
    return rows.map((row) => new Date(row[ARRIVED_AT] ?? Number.NaN));
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#used + bytes));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}

const FIRST_BYTES = 16_384;

/** The order of a row's values, and what each is in the table. */
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
  ["failedVersionId", "text"],
  ["toolCalls", "text"],
  ["comparison", "text"],
] as const satisfies readonly (readonly [keyof RequestTrace, string])[];

const ARRIVED_AT = COLUMNS.findIndex(([name]) => name === "arrivedAt");

const select = COLUMNS.map(([, type], at) =>
  type === "moment" ? `to_timestamp((row->>${at})::float8 / 1000)` : `(row->>${at})::${type}`,
);

/** Takes a batch's `json()`. A trace that is stored already stays as it is. */
export const INSERT_TRACES = {
  name: "insert_traces",
  text: `INSERT INTO "request" (${COLUMNS.map(([name]) => `"${name}"`).join(", ")})
    SELECT ${select.join(", ")} FROM jsonb_array_elements(convert_from($1::bytea, 'UTF8')::jsonb) AS row
    ON CONFLICT ("id", "arrivedAt") DO NOTHING`,
};

/** Written out in the order of the columns: it runs for every request. */
const traceRow = (trace: RequestTrace): (string | number | boolean | null)[] => [
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
  trace.failedVersionId,
  trace.toolCalls,
  trace.comparison,
];

const moment = (at: Date | null): number | null => (at === null ? null : at.getTime());
