import { DECIMAL, NUMBER } from "#components/ui/form/field-text.ts";
import type { ObjectiveKind } from "#lib/alerting/browser/objective-kinds.ts";
import type { CreateObjective, Objective } from "#lib/alerting/browser/objective-schema.ts";
import { KIND_WORDS } from "./objective-words.ts";

/** What stands in the form: whom it is about in one field, and the target as it is typed. */
export type ObjectiveValues = Pick<CreateObjective, "kind" | "windowDays" | "visibility"> & {
  /** Id of a tenant or a pool; "" = none is chosen. */
  scope: string;
  target: string;
};

export const valuesOf = (objective: Objective | null): ObjectiveValues => ({
  scope: objective?.scope.id ?? "",
  kind: objective?.kind ?? "latency_p95",
  target: objective === null ? "" : targetText(objective),
  windowDays: objective?.windowDays ?? 7,
  visibility: objective?.visibility ?? "staff",
});

/** As it is typed: a share in percent, a latency in ms. */
export const targetText = ({ kind, target }: Pick<Objective, "kind" | "target">): string =>
  KIND_WORDS[kind].isMs ? target.toString() : Number((target * 100).toFixed(5)).toString();

/** The target as the API takes it; NaN for what is no number. */
export function targetOf(kind: ObjectiveKind, text: string): number {
  const typed = text.trim().replace(/\s*(ms|%)$/, "");
  if (KIND_WORDS[kind].isMs) return NUMBER.read(typed);
  return Number((DECIMAL.read(typed) / 100).toFixed(7));
}

export const isPool = (scope: string): boolean => scope.startsWith("pool_");

/** One scope is named, and a pool's objective is shown to no customer. */
export function createOf({ scope, kind, target, windowDays, visibility }: ObjectiveValues): CreateObjective {
  return {
    ...(scope === "" ? {} : isPool(scope) ? { poolId: scope } : { tenantId: scope }),
    kind,
    target: targetOf(kind, target),
    windowDays,
    visibility: isPool(scope) ? "staff" : visibility,
  };
}
