import type { Condition } from "#lib/http/schema.ts";

export type Finding = Omit<Condition, "lastTransitionTime">;

/**
 * Sets one condition. Its time moves only when status or reason change, so that "since" stays true; the very same array
 * comes back when nothing changed, so that callers can skip the write.
 */
export function setCondition(conditions: readonly Condition[], next: Finding, now: Date): readonly Condition[] {
  const before = conditions.find((condition) => condition.type === next.type);
  const after = moveCondition(before ?? null, next, now);
  if (after === before) return conditions;
  return [...conditions.filter((condition) => condition.type !== next.type), after].sort((a, b) =>
    a.type.localeCompare(b.type),
  );
}

/** Without a question that is not asked any more; the very same array when it was not asked. */
export const dropCondition = (conditions: readonly Condition[], type: string): readonly Condition[] =>
  conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions;

/** The same for a condition that stands alone. */
export function moveCondition(before: Condition | null, next: Finding, now: Date): Condition {
  if (before === null || before.status !== next.status || before.reason !== next.reason)
    return { ...next, lastTransitionTime: now.toISOString() };
  return before.message === next.message ? before : { ...next, lastTransitionTime: before.lastTransitionTime };
}

export const conditionOf = (conditions: readonly Condition[], type: string): Condition | null =>
  conditions.find((condition) => condition.type === type) ?? null;

/** What is known about a node, one question each. */
export const NODE_CONDITIONS = {
  /** The last poll succeeded. */
  reachable: "Reachable",
  /** The engine behind the API lives (`/health`). */
  engineHealthy: "EngineHealthy",
  /** It serves the pool's base model. */
  baseModelMatches: "BaseModelMatches",
  /** Its release has no fault known to hurt customers. */
  engineSupported: "EngineSupported",
  /** It lists nothing that nobody here asked for. */
  noDrift: "NoDrift",
  /** Its metrics can be read: they tell of a restart first, and charts are made of them. */
  metricsReadable: "MetricsReadable",
  /** Everything it should hold came back after its last restart. */
  restored: "Restored",
  /** Nothing runs on it any more; asked only of a node that was told to drain, until it is uncordoned. */
  drained: "Drained",
} as const;

/**
 * Whether requests may be sent to a node at all: seen at the last poll, its engine alive, the right base model. Cordons
 * are a separate wish. Unknown counts as no.
 */
export function isServing(conditions: readonly Condition[]): boolean {
  const isNotFalse = (type: string) => conditionOf(conditions, type)?.status !== "false";
  return (
    conditionOf(conditions, NODE_CONDITIONS.reachable)?.status === "true" &&
    isNotFalse(NODE_CONDITIONS.engineHealthy) &&
    isNotFalse(NODE_CONDITIONS.baseModelMatches)
  );
}
