import type { PlacementProgress } from "./placement-progress.ts";

/** One of the two versions that a run needs answers from. */
export type Contender = {
  /** Such as "Version 3" or "Version 3 alone on node-s". */
  name: string;
  /** Whether it may be loaded at all; otherwise the word for why not. */
  state: string;
  progress: PlacementProgress;
};

export type Admission =
  | { kind: "start" }
  | { kind: "wait"; message: string }
  /** `message` says what is wrong, and what to do. */
  | { kind: "fail"; message: string };

export const waitLimitMs = 10 * 60_000;

/**
 * Whether a queued run can start: both contenders must be routable on a node at least. One that failed for good, or shows
 * no progress for ten minutes, ends the run.
 */
export function decideAdmission(contenders: readonly Contender[], queuedAt: Date, now: Date): Admission {
  const decisions = contenders.map((contender) => decideContender(contender, queuedAt, now));
  return (
    decisions.find(({ kind }) => kind === "fail") ?? decisions.find(({ kind }) => kind === "wait") ?? { kind: "start" }
  );
}

function decideContender({ name, state, progress }: Contender, queuedAt: Date, now: Date): Admission {
  if (state !== "ready")
    return { kind: "fail", message: `${name} is ${state} by now. Add a corrected version and evaluate that one.` };
  const { routable, waiting, failed, since } = progress;
  if (routable.length > 0) return { kind: "start" };
  if (waiting.length === 0 && failed.length > 0)
    return {
      kind: "fail",
      message: `${name} could not be loaded. ${failed.join(" ")} Fix that, load it again and start a new run.`,
    };
  const waitedMs = now.getTime() - Math.max(queuedAt.getTime(), since?.getTime() ?? 0);
  const where = [...failed, ...waiting].join(" ") || "No node that could load it is in service.";
  if (waitedMs >= waitLimitMs)
    return {
      kind: "fail",
      message: `${name} was not routable within 10 minutes. ${where} Look at the nodes, then start a new run.`,
    };
  return { kind: "wait", message: `Waits for ${name} to be routable. ${where}` };
}
