import { cards, unload } from "./ask.ts";
import {
  type ContractNode,
  differingFacts,
  type EngineStart,
  expectedFacts,
  type Facts,
  type Point,
  STANDARD_START,
} from "./point.ts";

/** What became of one point on one node. */
export type PointResult = { id: string } & (
  | { outcome: "passed"; seen: Facts }
  | { outcome: "failed"; seen: Facts; expected: Facts; differing: readonly string[] }
  /** The check itself could not be carried out. */
  | { outcome: "broken"; error: string }
  | { outcome: "left_out"; reason: string }
);

/** A node under test without the names, which belong to the point that runs. */
export type NodeUnderTest = Omit<ContractNode, "name" | "start"> & {
  /** The key that the node asks for, if it asks for one. */
  hasKey: boolean;
  /** Ours: its limits are known, and it may be restarted and ended. */
  isOurs: boolean;
  hasPlugin: boolean;
  hasTinyBase: boolean;
};

export type StartGroup = { start: EngineStart; points: readonly Point[] };

/**
 * Groups points by how their engine is started, few starts in all: the standard start first. Within a start, what
 * restarts it comes late and what ends it last.
 */
export function groupByStart(points: readonly Point[]): StartGroup[] {
  const groups = new Map<string, { start: EngineStart; points: Point[] }>();
  groups.set(JSON.stringify(STANDARD_START), { start: STANDARD_START, points: [] });
  for (const point of points) {
    const start = { ...STANDARD_START, ...point.needs?.start };
    const key = JSON.stringify(start);
    const group = groups.get(key) ?? { start, points: [] };
    group.points.push(point);
    groups.set(key, group);
  }
  const lateness = ({ needs }: Point) => (needs?.ends ? 2 : needs?.restart ? 1 : 0);
  return [...groups.values()]
    .filter((group) => group.points.length > 0)
    .map(({ start, points: members }) => ({ start, points: members.toSorted((a, b) => lateness(a) - lateness(b)) }));
}

/** Why a point cannot be asked of a node; null = it can. */
export function whyLeftOut(
  { needs }: Point,
  node: Pick<NodeUnderTest, "isOurs" | "hasKey" | "hasPlugin" | "hasTinyBase">,
): string | null {
  if (needs?.start && !node.isOurs) return "needs an engine that is started in its own way";
  if (needs?.limits && !node.isOurs) return "needs an engine whose limits are known";
  if ((needs?.restart || needs?.ends) && !node.isOurs) return "restarts or ends the engine";
  if (needs?.key && !node.hasKey) return "needs a node that asks for a key";
  if (needs?.tinyBase && !node.hasTinyBase) return "needs the tiny base model of the fixtures";
  if (needs?.plugin && !node.hasPlugin) return "needs Switchyard's plugin on the node";
  return null;
}

export type RunOptions = {
  start: EngineStart;
  /** Part of every lora name, so that a node which is asked twice never sees one again. */
  run: string;
  onResult?: (result: PointResult, point: Point) => void;
};

/** Runs points one after another on one node. Never throws: a check that could not be carried out is a result too. */
export async function runPoints(
  node: NodeUnderTest,
  points: readonly Point[],
  { start, run, onResult }: RunOptions,
): Promise<PointResult[]> {
  const results: PointResult[] = [];
  for (const [at, point] of points.entries()) {
    const prefix = `contract--${run}-${at}`;
    const result = await runPoint({ ...node, start, name: (label) => `${prefix}--${label}` }, point, node);
    results.push(result);
    onResult?.(result, point);
    if (!point.needs?.ends && result.outcome !== "left_out") await forget(node, start, prefix);
  }
  return results;
}

async function runPoint(node: ContractNode, point: Point, about: NodeUnderTest): Promise<PointResult> {
  const reason = whyLeftOut(point, about);
  if (reason !== null) return { id: point.id, outcome: "left_out", reason };
  try {
    const seen = await point.check(node);
    const expected = expectedFacts(point, node.version);
    const differing = differingFacts(expected, seen);
    return differing.length === 0
      ? { id: point.id, outcome: "passed", seen }
      : { id: point.id, outcome: "failed", seen, expected, differing };
  } catch (error) {
    return { id: point.id, outcome: "broken", error: error instanceof Error ? error.message : String(error) };
  }
}

/** Unloads what a point left loaded. */
async function forget(node: NodeUnderTest, start: EngineStart, prefix: string): Promise<void> {
  const asked: ContractNode = { ...node, start, name: (label) => label };
  const left = await cards(asked).catch(() => []);
  for (const { id } of left) if (id.startsWith(prefix)) await unload(asked, id).catch(() => null);
}

export type PointCounts = { passed: number; failed: number; leftOut: number };

export function countResults(results: readonly PointResult[]): PointCounts {
  const count = (...outcomes: PointResult["outcome"][]) =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return { passed: count("passed"), failed: count("failed", "broken"), leftOut: count("left_out") };
}
