import type { BatchRowState, BatchState, BatchStop } from "../browser/batch-schema.ts";
import type { CutoverPhase } from "../schema.ts";

export type PlanRow = {
  position: number;
  state: BatchRowState;
  /** Of its cutover; null = it has none. */
  phase: CutoverPhase | null;
  /** Why it needs no cutover any more, such as "is live already"; null = it does. */
  spare: string | null;
  /** Nodes on which it would take one more place of those that have to stay. */
  adds: readonly string[];
};

/** A node's CPU cache: versions that have to stay in it, and its places. */
export type NodeRoom = { name: string; needed: number; places: number };

export type BatchFacts = {
  state: BatchState;
  stoppedBy: BatchStop | null;
  atOnce: number;
  stopAfterFailures: number;
  failuresForgiven: number;
  /** What keeps all cutovers; null = nothing. */
  hold: string | null;
  rows: readonly PlanRow[];
  room: ReadonlyMap<string, NodeRoom>;
};

export type BatchStep =
  /** Rows that have ended by what became of their cutovers, or that need none. */
  | { kind: "settle"; rows: { position: number; state: "completed" | "failed" | "skipped"; reason: string | null }[] }
  | { kind: "stop"; failures: number }
  | { kind: "complete" }
  | { kind: "start"; position: number }
  | { kind: "wait"; message: string | null };

/** What a batch does next: one step, after which it is asked again with what is so then. */
export function planBatch(facts: BatchFacts): BatchStep {
  const { state, stoppedBy, rows } = facts;
  const ended = rows.flatMap(settled);
  if (ended.length > 0) return { kind: "settle", rows: ended };
  const waiting = rows.filter((row) => row.state === "waiting");
  const underWay = rows.filter((row) => row.state === "running").length;
  if (waiting.length + underWay === 0)
    return state === "completed" || stoppedBy === "hand" ? { kind: "wait", message: null } : { kind: "complete" };
  const failures = rows.filter((row) => row.state === "failed").length - facts.failuresForgiven;
  if (state !== "stopped" && failures >= facts.stopAfterFailures && waiting.length > 0)
    return { kind: "stop", failures };
  switch (state) {
    case "completed":
      return { kind: "wait", message: null };
    case "stopped":
    case "paused":
      return { kind: "wait", message: underWay > 0 ? GOES_ON : null };
    case "running":
      return nextStart(facts, waiting, underWay);
  }
}

const GOES_ON = "No new cutovers start. Running cutovers continue behind their own guards.";

function settled(
  row: PlanRow,
): { position: number; state: "completed" | "failed" | "skipped"; reason: string | null }[] {
  const { position, state, phase, spare } = row;
  if (state === "waiting" && spare !== null) return [{ position, state: "skipped", reason: spare }];
  if (state === "running" && phase === "completed") return [{ position, state: "completed", reason: null }];
  // whoever rolls back what had completed has seen something that the others should not meet
  const mayFail = state === "running" || state === "completed";
  if (mayFail && (phase === "aborted" || phase === "rolled_back")) return [{ position, state: "failed", reason: null }];
  return [];
}

function nextStart({ atOnce, hold, room }: BatchFacts, waiting: readonly PlanRow[], underWay: number): BatchStep {
  if (waiting.length === 0) return { kind: "wait", message: null };
  if (hold !== null) return { kind: "wait", message: hold };
  if (underWay >= atOnce) return { kind: "wait", message: null };
  const next = waiting.find((row) => fullNode(row, room) === null);
  if (next) return { kind: "start", position: next.position };
  const full = waiting.map((row) => fullNode(row, room)).find((node) => node !== null);
  return { kind: "wait", message: full ? noRoom(full, underWay) : null };
}

/** The first node whose CPU cache has no place left for it. */
function fullNode({ adds }: PlanRow, room: ReadonlyMap<string, NodeRoom>): NodeRoom | null {
  for (const nodeId of adds) {
    const node = room.get(nodeId);
    if (node && node.needed >= node.places) return node;
  }
  return null;
}

const noRoom = ({ name, needed, places }: NodeRoom, underWay: number): string =>
  `${name} has ${needed} versions to keep in ${places} places of its CPU cache. ${
    underWay > 0
      ? "The next waits until one under way has ended."
      : "Nothing of this batch is under way: raise max_cpu_loras, add a node, or unstage versions."
  }`;

/**
 * How many rows could be under way at once if nothing but the CPU caches limited them, taken in their order; a row that does
 * not fit is passed over.
 */
export function countFitting(rows: readonly Pick<PlanRow, "adds">[], room: ReadonlyMap<string, NodeRoom>): number {
  const taken = new Map([...room].map(([nodeId, { needed }]) => [nodeId, needed]));
  const hasPlace = (nodeId: string) =>
    (taken.get(nodeId) ?? 0) < (room.get(nodeId)?.places ?? Number.POSITIVE_INFINITY);
  let fitting = 0;
  for (const { adds } of rows) {
    if (!adds.every(hasPlace)) continue;
    for (const nodeId of adds) taken.set(nodeId, (taken.get(nodeId) ?? 0) + 1);
    fitting += 1;
  }
  return fitting;
}

/**
 * Versions that a node has to keep at the peak: what it keeps now, one more for each that is under way there, and for good
 * one more for each adapter of which nothing is live yet.
 */
export function neededPeak(needed: number, there: readonly { isFirst: boolean }[], atOnce: number): number {
  const first = there.filter(({ isFirst }) => isFirst).length;
  return needed + first + Math.min(atOnce, there.length - first);
}
