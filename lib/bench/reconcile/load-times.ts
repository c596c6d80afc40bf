/** How long and how well a simulated node loads: the same in each process that knows the seed. */
export type LoadPlan = { seed: number; minMs: number; maxMs: number; failShare: number };

/** A number in [0, 1) that depends on the text alone. */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Milliseconds that a node's engine is busy with one load of this name. */
export const loadMsOf = (plan: LoadPlan, node: number, loraName: string): number =>
  Math.round(plan.minMs + (plan.maxMs - plan.minMs) * chanceOf(`${plan.seed} ${node} ${loraName}`));

/** Whether the n-th attempt (from 1) to load this name fails, after its whole time. */
export const failsAt = (plan: LoadPlan, node: number, loraName: string, attempt: number): boolean =>
  chanceOf(`${plan.seed} ${node} ${loraName} ${attempt}`) < plan.failShare;
