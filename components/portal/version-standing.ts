import type { Run } from "#lib/evals/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import type { AnyStatus } from "../ui/status-words.ts";

export type TestRun = Pick<Run, "candidateVersionId" | "gates" | "state"> & {
  verdict: Pick<NonNullable<Run["verdict"]>, "outcome"> | null;
};

/**
 * How a version stands, to its customer: one that could go live is what its newest test says of it, unless it was passed or
 * there was none.
 * @param runs newest first; null = they could not be read, so nobody knows
 */
export function standingOf({ id, status }: Pick<Version, "id" | "status">, runs: readonly TestRun[] | null): AnyStatus {
  if (status !== "ready" && status !== "staged") return { of: "version", is: status };
  if (runs === null) return { of: "version_test", is: "unknown" };
  const test = runs.find((run) => run.candidateVersionId === id && run.gates && (run.verdict || isUnderWay(run)));
  if (test === undefined || test.verdict?.outcome === "pass") return { of: "version", is: status };
  return { of: "version_test", is: test.verdict?.outcome ?? "running" };
}

const isUnderWay = ({ state }: TestRun): boolean => state === "queued" || state === "running";
