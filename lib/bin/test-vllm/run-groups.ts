import { randomBytes } from "node:crypto";
import type { EngineStart, Point } from "#lib/vllm/contract/point.ts";
import { groupByStart, type PointResult, type RunOptions, runPoints } from "#lib/vllm/contract/run-points.ts";
import type { AdapterDirectories } from "./adapter-directories.ts";
import { type Engine, nodeUnderTest } from "./node-under-test.ts";

/** What a whole run saw. `version` is the engine's own word. */
export type SuiteRun = { version: string; hasPlugin: boolean; results: PointResult[] };

/**
 * Runs the points on engines that are started for it, one at a time, each ended before the next.
 * An engine that does not start fails every point of its group, with its reason.
 */
export async function runGroups(
  points: readonly Point[],
  startEngine: (start: EngineStart) => Promise<Engine>,
  directories: AdapterDirectories,
  onResult?: RunOptions["onResult"],
): Promise<SuiteRun> {
  const run: SuiteRun = { version: "", hasPlugin: false, results: [] };
  for (const group of groupByStart(points)) {
    let engine: Engine | null = null;
    try {
      engine = await startEngine(group.start);
      const node = await nodeUnderTest(engine, directories, true);
      run.version ||= node.version;
      run.hasPlugin ||= node.hasPlugin;
      run.results.push(
        ...(await runPoints(node, group.points, {
          start: group.start,
          run: runId(),
          ...(onResult ? { onResult } : {}),
        })),
      );
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      for (const point of group.points) {
        const result: PointResult = { id: point.id, outcome: "broken", error: text };
        run.results.push(result);
        onResult?.(result, point);
      }
    } finally {
      await engine?.stop();
    }
  }
  const order = new Map(points.map(({ id }, at) => [id, at]));
  run.results.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  return run;
}

export const runId = (): string => randomBytes(3).toString("hex");
