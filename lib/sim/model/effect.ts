import { mix } from "../hash.ts";

/** Numbers kept of what an adapter does: SIZE x SIZE. */
export const EFFECT_SIZE = 8;

/**
 * Adds one module's alpha/r · B·A to `effect`, seen through random signs: `P_out · (B·A) · P_in`, where the signs depend
 * on the module and the index only. Every value of A and B takes part; a zero B (or A) adds exactly nothing.
 * @param a rank x input, row by row @param b output x rank @param module seed of the signs
 */
export function addModuleEffect(
  effect: Float64Array,
  factors: { a: Float32Array; b: Float32Array; rank: number; scaling: number; module: number },
): void {
  const { a, b, rank, scaling, module } = factors;
  const input = a.length / rank;
  const output = b.length / rank;
  const right = new Float64Array(rank * EFFECT_SIZE);
  for (let i = 0; i < input; i += 1) {
    const signs = mix(module ^ Math.imul(i + 1, 0x9e3779b1));
    for (let r = 0; r < rank; r += 1) addSigned(right, r * EFFECT_SIZE, signs, a[r * input + i] ?? 0);
  }
  const left = new Float64Array(rank * EFFECT_SIZE);
  for (let o = 0; o < output; o += 1) {
    const signs = mix((module + 1) ^ Math.imul(o + 1, 0x85ebca77));
    for (let r = 0; r < rank; r += 1) addSigned(left, r * EFFECT_SIZE, signs, b[o * rank + r] ?? 0);
  }
  const norm = scaling / Math.sqrt(input * output);
  for (let r = 0; r < rank; r += 1)
    for (let k = 0; k < EFFECT_SIZE; k += 1)
      for (let j = 0; j < EFFECT_SIZE; j += 1) {
        const at = k * EFFECT_SIZE + j;
        effect[at] = (effect[at] ?? 0) + norm * (left[r * EFFECT_SIZE + k] ?? 0) * (right[r * EFFECT_SIZE + j] ?? 0);
      }
}

function addSigned(sums: Float64Array, at: number, signs: number, value: number): void {
  for (let k = 0; k < EFFECT_SIZE; k += 1) sums[at + k] = (sums[at + k] ?? 0) + ((signs >>> k) & 1 ? value : -value);
}
