import type { EvalCase } from "../../eval-case.ts";
import { createRandom } from "../../random.ts";
import { categories } from "./categories.ts";
import type { Draft } from "./draft.ts";
import { createWorld } from "./world.ts";

/** Kept in the trail of a suite's creation; raised whenever the same seed would give other cases. */
export const generatorVersion = "1";

const attemptsMax = 50;

/**
 * A suite of adversarial tool-calling prompts for one tenant, the same for the same seed on every machine: no network,
 * no clock. The seed picks the trade and the words; the categories take turns, so every category has its share. A
 * longer suite of one seed begins with the shorter one, and no two prompts of a suite are alike.
 *
 * @param seed the tenant's slug, or anything else that should give other prompts
 * @param count 200 (the gate's least), 600 or 1,000; a whole number from 1 on
 * @throws RangeError when `count` is not such a number
 */
export function generateSuite(options: { seed: string | number; count?: number }): EvalCase[] {
  const { seed, count = 200 } = options;
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`count must be a whole number from 1 on, got ${count}`);
  const world = createWorld(createRandom(`${seed}/world`));
  const seen = new Set<string>();
  return Array.from({ length: count }, (_, at) => {
    const category = categories[at % categories.length];
    if (category === undefined) throw new Error("a suite needs categories");
    const index = Math.floor(at / categories.length);
    const draft = firstUnseen(seen, (attempt) =>
      category.draft({ world, random: createRandom(`${seed}/${category.id}/${index}/${attempt}`), index }),
    );
    return {
      id: `${category.id}-${String(index + 1).padStart(3, "0")}`,
      ordinal: at + 1,
      category: category.id,
      ...draft,
    };
  });
}

/** A prompt answered from its own words must be unique by its messages alone. */
function firstUnseen(seen: Set<string>, make: (attempt: number) => Draft): Draft {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const draft = make(attempt);
    const key = JSON.stringify(draft.messages);
    if (seen.has(key)) continue;
    seen.add(key);
    return draft;
  }
  throw new Error(`no new prompt in ${attemptsMax} attempts: the category has too few variants for this count`);
}
