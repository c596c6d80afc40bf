import { parseAsFloat, useQueryStates } from "nuqs";
import type { EngineLimits } from "#lib/fleet/schema.ts";

const LIMITS = {
  maxLoras: parseAsFloat,
  maxCpuLoras: parseAsFloat,
  maxLoraRank: parseAsFloat,
  maxModelLen: parseAsFloat,
  gpuMemoryUtilization: parseAsFloat,
} satisfies Record<keyof EngineLimits, typeof parseAsFloat>;

/** Limits that a link proposes, such as a finding's fix; null = it proposes none. */
export function useProposedLimits(): { proposed: Partial<EngineLimits> | null; forget: () => void } {
  const [values, set] = useQueryStates(LIMITS);
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return {
    // the form shows them as text and the API judges them, as if they had been typed
    proposed: given.length === 0 ? null : (Object.fromEntries(given) as Partial<EngineLimits>),
    forget: () => void set(null),
  };
}
