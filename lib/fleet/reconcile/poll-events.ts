import type { Condition } from "#lib/http/schema.ts";
import { conditionOf, NODE_CONDITIONS } from "../conditions.ts";
import type { NodeState, RegistrationRow } from "../node-state.ts";
import type { NodeEvent } from "./poll.ts";

export type PollSummary = {
  listed: ReadonlyMap<string, string | null>;
  registrations: readonly RegistrationRow[];
  restarted: boolean;
  conditions: readonly Condition[];
  epoch: number;
  /** Of the engine; null = not asked or not told. */
  version: string | null;
};

/** What happened since the poll before, in the order it is told. */
export function pollEvents(before: NodeState, sight: PollSummary, now: Date): NodeEvent[] {
  const events: NodeEvent[] = [];
  if (conditionOf(before.conditions, NODE_CONDITIONS.reachable)?.status !== "true")
    events.push({
      kind: "reachable",
      outcome: "ok",
      message: before.epoch === 0 ? "Seen for the first time." : "It answers again.",
    });
  if (sight.restarted)
    events.push({ kind: "restart", outcome: "noted", message: `The engine restarted; epoch ${sight.epoch} begins.` });
  events.push(...engineEvents(before.engineVersion, sight.version));
  for (const registration of sight.registrations)
    if (registration.state === "drift" && !before.registrations.includes(registration))
      events.push({
        kind: "drift",
        outcome: "noted",
        loraName: registration.loraName,
        message: "Loaded, but not by Switchyard. It is not touched.",
      });
  if (!sight.restarted) events.push(...vanishedEvents(before, sight.listed));
  const restoring = conditionOf(before.conditions, NODE_CONDITIONS.restored);
  if (restoring?.status === "false" && conditionOf(sight.conditions, NODE_CONDITIONS.restored)?.status === "true")
    events.push({
      kind: "restore",
      outcome: "ok",
      durationMs: Math.max(0, now.getTime() - Date.parse(restoring.lastTransitionTime)),
      message: "Everything it should hold is back after the restart.",
    });
  return events;
}

/** Another release of the engine than the one known; nothing while either is not known. */
export const engineEvents = (before: string | null, now: string | null): NodeEvent[] =>
  before === null || now === null || before === now
    ? []
    : [{ kind: "engine", outcome: "noted", message: `vLLM ${now}, before ${before}` }];

/** Wanted, listed a moment ago, gone now: somebody unloaded it behind our back. */
function vanishedEvents(before: NodeState, listed: ReadonlyMap<string, string | null>): NodeEvent[] {
  const placements = new Map(before.placements.map((placement) => [placement.loraName, placement]));
  return before.registrations.flatMap((registration): NodeEvent[] => {
    const placement = placements.get(registration.loraName);
    if (
      !placement ||
      placement.desire === "absent" ||
      registration.state === "drift" ||
      listed.has(registration.loraName)
    )
      return [];
    return [
      { kind: "drift", outcome: "noted", placement, message: "Not listed any more though wanted; it is loaded again." },
    ];
  });
}
