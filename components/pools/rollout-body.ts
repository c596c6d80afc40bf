import type { EngineLimits, StartRollout } from "#lib/fleet/schema.ts";
import { isSameValue } from "../ui/form/same-value.ts";
import { LIMIT_KEYS } from "./limit-facts.ts";

/** What stands in the form of a rollout. */
export type RolloutValues = EngineLimits & { drainSeconds: number; restartMinutes: number };

export const valuesOf = (limits: EngineLimits): RolloutValues => ({ ...limits, drainSeconds: 120, restartMinutes: 30 });

/** The limits as they stand; one that is no number yet stays as it was, so that a preview can be drawn while typing. */
export function targetOf(values: RolloutValues, before: EngineLimits): EngineLimits {
  const entries = LIMIT_KEYS.map((key) => [key, values[key] > 0 ? values[key] : before[key]]);
  return Object.fromEntries(entries) as EngineLimits;
}

/** The body for `POST /pools/{poolId}/rollouts`: only what changes. */
export function bodyOf(values: RolloutValues, before: EngineLimits): StartRollout {
  const changed = LIMIT_KEYS.filter((key) => !isSameValue(values[key], before[key]));
  return {
    target: Object.fromEntries(changed.map((key) => [key, values[key]])),
    drainSeconds: values.drainSeconds,
    restartSeconds: Math.round(values.restartMinutes * 60),
  };
}
