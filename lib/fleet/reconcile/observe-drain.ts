import type { InFlight } from "#lib/vllm/in-flight.ts";
import { conditionOf, type Finding, NODE_CONDITIONS } from "../conditions.ts";
import type { NodeState } from "../node-state.ts";
import type { NodeEvent } from "./poll.ts";

/** What a poll says about a drain. */
export type DrainSight = {
  /** null = no drain runs (any more). */
  deadline: Date | null;
  /** null = the question is not asked any more; "as it was" = nothing new. */
  finding: Finding | null | "as it was";
  events: readonly NodeEvent[];
};

/**
 * A gateway learns of the cordon some 100 ms later, and what it sent until then may still be on its way: an empty node
 * counts only this long after the first poll of the drain.
 */
const SETTLE_MS = 2_000;

/**
 * Whether a node that was told to drain has drained: it reports nothing running and nothing waiting, or its deadline has
 * passed, which is said.
 * @param inFlight null = the node did not say or did not answer
 */
export function observeDrain(before: NodeState, inFlight: InFlight | null, now: Date): DrainSight {
  if (!before.cordoned) return { deadline: null, finding: null, events: [] };
  if (before.drainDeadline === null) return { deadline: null, finding: "as it was", events: [] };
  const mark = conditionOf(before.conditions, NODE_CONDITIONS.drained);
  const isSettled = mark?.reason === DRAINING && now.getTime() - Date.parse(mark.lastTransitionTime) >= SETTLE_MS;
  const isEmpty = inFlight !== null && inFlight.running + inFlight.waiting === 0;
  if (isSettled && isEmpty) return ended("true", "drained", `Drained at ${clockOf(now)}: nothing runs on it any more.`);
  if (now < before.drainDeadline)
    return {
      deadline: before.drainDeadline,
      finding: condition("false", DRAINING, `${runsOn(inFlight)} It has until ${clockOf(before.drainDeadline)}.`),
      events: [],
    };
  if (inFlight === null)
    return ended(
      "unknown",
      "drain_unproven",
      `The drain's deadline passed at ${clockOf(now)}; it is unknown whether requests were still running.`,
    );
  return ended(
    isEmpty ? "true" : "false",
    isEmpty ? "drained" : "drain_deadline_passed",
    `The drain's deadline passed at ${clockOf(now)}. ${runsOn(inFlight)}`,
  );
}

const DRAINING = "draining";

const condition = (status: Finding["status"], reason: string, message: string): Finding => ({
  type: NODE_CONDITIONS.drained,
  status,
  reason,
  message,
});

const ended = (status: Finding["status"], reason: string, message: string): DrainSight => ({
  deadline: null,
  finding: condition(status, reason, message),
  events: [{ kind: "drain", outcome: status === "true" ? "ok" : "failed", message }],
});

function runsOn(inFlight: InFlight | null): string {
  if (inFlight === null) return "The node does not say what runs on it.";
  const { running, waiting } = inFlight;
  if (running + waiting === 0) return "Nothing runs on it.";
  const requests = running === 1 ? "1 request runs" : `${running} requests run`;
  return waiting === 0 ? `${requests} on it.` : `${requests} on it, ${waiting} wait.`;
}

/** "12:03:05 UTC". */
const clockOf = (at: Date): string => `${at.toISOString().slice(11, 19)} UTC`;
