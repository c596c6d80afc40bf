import type * as z from "zod";
import {
  type OBJECTIVE_VISIBILITIES,
  OBJECTIVE_WINDOWS,
  type ObjectiveKind,
} from "#lib/alerting/browser/objective-kinds.ts";
import type { CreateObjective, Objective, UpdateObjective } from "#lib/alerting/browser/objective-schema.ts";

export type Visibility = (typeof OBJECTIVE_VISIBILITIES)[number];

/** What stands in the form: a share is typed in percent, a latency in ms. */
export type ObjectiveDraft = {
  /** Id of a tenant or a pool; "" = none is chosen. */
  scope: string;
  kind: ObjectiveKind;
  target: string;
  windowDays: string;
  visibility: Visibility;
};

type KindWords = { label: string; target: string; hint: string; isMs: boolean; example: string };

/** What each kind is called, and what is typed for it. */
export const KIND_WORDS: Record<ObjectiveKind, KindWords> = {
  latency_p95: {
    label: "End-to-end p95",
    target: "At most, ms",
    hint: "95 of 100 replies are complete within this time, from arrival at the gateway.",
    isMs: true,
    example: "1200",
  },
  ttft_p95: {
    label: "First token p95",
    target: "At most, ms",
    hint: "95 of 100 streamed replies begin within this time.",
    isMs: true,
    example: "400",
  },
  availability: {
    label: "Availability",
    target: "At least, %",
    hint: "Share of answered, failed and shed requests. From 95 to 99.999.",
    isMs: false,
    example: "99.9",
  },
  fallback_share: {
    label: "Own version",
    target: "Fallbacks at most, %",
    hint: "Share of replies from anything other than the requested version. From 0.001 to 5.",
    isMs: false,
    example: "1",
  },
};

export const draftOf = (objective: Objective | null): ObjectiveDraft => ({
  scope: objective?.scope.id ?? "",
  kind: objective?.kind ?? "latency_p95",
  target: objective === null ? "" : targetText(objective),
  windowDays: String(objective?.windowDays ?? 7),
  visibility: objective?.visibility ?? "staff",
});

const targetText = ({ kind, target }: Pick<Objective, "kind" | "target">): string =>
  KIND_WORDS[kind].isMs ? target.toString() : Number((target * 100).toFixed(5)).toString();

/** The target as the API takes it; what is no number is sent as one that it refuses. */
export function targetOf(kind: ObjectiveKind, text: string): number {
  const typed = Number(text.trim().replace(/\s*(ms|%)$/, ""));
  const value = text.trim() === "" || !Number.isFinite(typed) ? 0 : typed;
  return KIND_WORDS[kind].isMs ? value : Number((value / 100).toFixed(7));
}

const windowOf = (text: string) => OBJECTIVE_WINDOWS.find((days) => String(days) === text) ?? 7;

export function createOf({
  scope,
  kind,
  target,
  windowDays,
  visibility,
}: ObjectiveDraft): z.input<typeof CreateObjective> {
  const isPool = scope.startsWith("pool_");
  return {
    ...(scope === "" ? {} : isPool ? { poolId: scope } : { tenantId: scope }),
    kind,
    target: targetOf(kind, target),
    windowDays: windowOf(windowDays),
    visibility: isPool ? "staff" : visibility,
  };
}

/** Saving what was proposed accepts it. */
export function changeOf(objective: Objective, { target, windowDays, visibility }: ObjectiveDraft): UpdateObjective {
  return {
    target: targetOf(objective.kind, target),
    windowDays: windowOf(windowDays),
    visibility,
    status: "accepted",
  };
}
