import type { EvalCase } from "../eval-case.ts";
import { createRandom } from "../random.ts";

/**
 * Holds out a share of the cases, spread evenly over the categories: the same seed holds out the same ones.
 * @param share 0 to 1; of each category its share is rounded up, so that no category is without
 */
export function holdOutShare(cases: readonly EvalCase[], share: number, seed: string): EvalCase[] {
  if (share === 0) return [...cases];
  const random = createRandom(`${seed}/hold-out`);
  const categories = [...new Set(cases.map(({ category }) => category))];
  const chosen = new Set(
    categories.flatMap((category) => {
      const group = cases.filter((evalCase) => evalCase.category === category);
      return random.sample(group, Math.ceil(group.length * share));
    }),
  );
  return cases.map((evalCase) => (chosen.has(evalCase) ? { ...evalCase, holdOut: true as const } : evalCase));
}
