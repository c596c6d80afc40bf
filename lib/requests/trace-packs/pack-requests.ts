import { ByteReader, ByteWriter } from "./bytes.ts";

/** A customer's request as charts count it. Durations are null where it has none of the kind. */
export type ChartedRequest = {
  tenantId: string;
  adapterId: string;
  nodeId: string;
  /** Of the hour, 0 to 59, in which it arrived. */
  minute: number;
  /** Bits of `OUTCOME`. */
  outcome: number;
  wholeMs: number | null;
  firstByteMs: number | null;
  /** Between two tokens, in microseconds. */
  perTokenUs: number | null;
  promptTokens: number;
  completionTokens: number;
};
export const OUTCOME = { answered: 1, failed: 2, fellBack: 4 } as const;

/** Figures of a pack, which lie apart, so that a chart reads those it needs. */
export type PackedFigure =
  | "outcome"
  | "adapter"
  | "node"
  | "whole"
  | "firstByte"
  | "perToken"
  | "prompt"
  | "completion";

/** Requests of one tenant and hour. */
export type Pack = {
  adapters: string[];
  nodes: string[];
  /** How many there are in each minute; all figures are in that order. */
  minutes: Uint8Array<ArrayBuffer>;
} & Record<PackedFigure, Uint8Array<ArrayBuffer>>;

const MINUTES = 60;

/** @param requests of one tenant and hour */
export function packRequests(requests: readonly ChartedRequest[]): Pack {
  const sorted = [...requests].sort((a, b) => a.minute - b.minute);
  const [adapters, nodes] = [namesOf(sorted, "adapterId"), namesOf(sorted, "nodeId")];
  const perMinute = new Array<number>(MINUTES).fill(0);
  for (const { minute } of sorted) perMinute[minute] = (perMinute[minute] ?? 0) + 1;
  const figure = (value: (request: ChartedRequest) => number) => packNumbers(sorted.map(value));
  const optional = (value: number | null) => (value === null ? 0 : Math.max(0, value) + 1);
  return {
    adapters: [...adapters.keys()],
    nodes: [...nodes.keys()],
    minutes: packNumbers(perMinute),
    outcome: figure(({ outcome }) => outcome),
    adapter: figure(({ adapterId }) => adapters.get(adapterId) ?? 0),
    node: figure(({ nodeId }) => nodes.get(nodeId) ?? 0),
    whole: figure(({ wholeMs }) => optional(wholeMs)),
    firstByte: figure(({ firstByteMs }) => optional(firstByteMs)),
    perToken: figure(({ perTokenUs }) => optional(perTokenUs)),
    prompt: figure(({ promptTokens }) => promptTokens),
    completion: figure(({ completionTokens }) => completionTokens),
  };
}

function namesOf(requests: readonly ChartedRequest[], of: "adapterId" | "nodeId"): Map<string, number> {
  const found = new Map<string, number>();
  for (const request of requests) if (!found.has(request[of])) found.set(request[of], found.size);
  return found;
}

/** First byte of every list. A later layout gets the next one; readers keep the old. */
const VERSION = 1;

function packNumbers(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  out.byte(VERSION);
  out.varint(values.length);
  for (const value of values) out.varint(value);
  return out.finish();
}

/** @param row names the row in errors @throws PackError */
export function unpackNumbers(bytes: Uint8Array, row: string): Float64Array {
  const input = new ByteReader(bytes, row);
  const version = input.byte();
  if (version !== VERSION) throw input.error(`version ${version} of the layout is not known here`);
  const size = input.varint();
  if (size > bytes.length) throw input.error(`it says it holds ${size} numbers`);
  const values = new Float64Array(size);
  const isByteEach = input.left === size;
  if (isByteEach) values.set(input.raw(size));
  else input.varints(values);
  input.end();
  return values;
}
