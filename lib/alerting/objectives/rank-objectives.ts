import type { Objective } from "../browser/objective-schema.ts";

/** What decides who stands first, the larger the worse: what burns, then what is overdrawn, then what is left. */
function keysOf({ burns, budgetLeft }: Objective): [pace: number, spent: number] {
  const paces = burns.map(({ status, limit, long }) => (status === "bad" ? (long.rate ?? 0) / limit : 0));
  // of whom nobody knows anything, nothing can be said to be bad
  return [Math.max(0, ...paces), budgetLeft.value === null ? Number.NEGATIVE_INFINITY : -budgetLeft.value];
}

/**
 * The worst first: what burns, by how many times over the limit of a tier; the others by how little of their budget is
 * left; last, those without a request. Equals stay in their order.
 */
export function rankObjectives(objectives: readonly Objective[]): Objective[] {
  const ranked = objectives.map((objective) => ({ objective, keys: keysOf(objective) }));
  ranked.sort((a, b) => compare(b.keys[0], a.keys[0]) || compare(b.keys[1], a.keys[1]));
  return ranked.map(({ objective }) => objective);
}

const compare = (one: number, other: number): number => (one === other ? 0 : one - other);
