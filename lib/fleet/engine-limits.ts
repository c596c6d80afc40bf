import type { NodeLimits } from "./schema.ts";

type PoolLimits = { maxLoras: number; maxCpuLoras: number };

/** Slots that a node's engine runs with: as it says itself, else as its pool declares. @param limits null = never inspected */
export const slotsOf = (limits: NodeLimits | null, pool: Pick<PoolLimits, "maxLoras">): number =>
  limits?.maxLoras.value ?? pool.maxLoras;

/** The same of the places in its host memory. */
export const cpuPlacesOf = (limits: NodeLimits | null, pool: Pick<PoolLimits, "maxCpuLoras">): number =>
  limits?.maxCpuLoras.value ?? pool.maxCpuLoras;
