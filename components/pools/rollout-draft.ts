import type * as z from "zod";
import type { EngineLimits, StartRollout } from "#lib/fleet/schema.ts";
import { LIMIT_KEYS, type LimitKey } from "./limit-facts.ts";

/** What was typed for a rollout, as text. */
export type RolloutDraft = Record<LimitKey, string> & { drainSeconds: string; restartMinutes: string };

export const draftOf = (limits: EngineLimits): RolloutDraft => ({
  maxLoras: String(limits.maxLoras),
  maxCpuLoras: String(limits.maxCpuLoras),
  maxLoraRank: String(limits.maxLoraRank),
  maxModelLen: String(limits.maxModelLen),
  gpuMemoryUtilization: String(limits.gpuMemoryUtilization),
  drainSeconds: "120",
  restartMinutes: "30",
});

/** An empty or garbled number becomes NaN, which JSON sends as null: the API then names the field. */
const toNumber = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** The limits as typed; one that is no number stays as it was, so that a preview can be drawn while typing. */
export function targetOf(draft: RolloutDraft, before: EngineLimits): EngineLimits {
  const entries = LIMIT_KEYS.map((key) => {
    const typed = toNumber(draft[key]);
    return [key, Number.isFinite(typed) && typed > 0 ? typed : before[key]];
  });
  return Object.fromEntries(entries) as EngineLimits;
}

/** The body for `POST /pools/{poolId}/rollouts`: only what changes. */
export function toRollout(draft: RolloutDraft, before: EngineLimits): z.input<typeof StartRollout> {
  const changed = LIMIT_KEYS.filter((key) => toNumber(draft[key]) !== before[key]);
  const target = Object.fromEntries(changed.map((key) => [key, toNumber(draft[key])]));
  return {
    target: target as z.input<typeof StartRollout>["target"],
    drainSeconds: toNumber(draft.drainSeconds),
    restartSeconds: Math.round(toNumber(draft.restartMinutes) * 60),
  };
}
