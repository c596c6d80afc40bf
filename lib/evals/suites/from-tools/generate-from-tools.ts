import type { EvalCase, ToolDefinition } from "../../eval-case.ts";
import { createRandom } from "../../random.ts";
import type { Draft } from "../generator/draft.ts";
import { formatPressure, languageSwitch, longContext } from "./about-form.ts";
import {
  distractorTools,
  irrelevantRequest,
  missingArgument,
  nearDuplicateNames,
  parallelMixed,
  parallelSameTool,
  promptInjection,
  turnCorrection,
} from "./about-tools.ts";
import {
  dates,
  defaultOrNull,
  enumNearMisses,
  nestedArguments,
  numbers,
  schemaConflict,
  unicodeText,
} from "./about-values.ts";
import type { ToolCategory } from "./category.ts";
import { firstUnseen } from "./first-unseen.ts";
import { viewTool } from "./view-tool.ts";

/** Kept in the trail of a suite's creation; raised whenever the same seed and tools would give other cases. */
export const toolGeneratorVersion = "1";

/** In the order in which a suite walks through them; a change of order is a new generator version. */
export const toolCategories: readonly ToolCategory[] = [
  nearDuplicateNames,
  distractorTools,
  missingArgument,
  irrelevantRequest,
  parallelSameTool,
  parallelMixed,
  nestedArguments,
  enumNearMisses,
  numbers,
  dates,
  unicodeText,
  promptInjection,
  schemaConflict,
  defaultOrNull,
  longContext,
  languageSwitch,
  formatPressure,
  turnCorrection,
];

/** No category makes up more than this share of a suite: with poor tools the others cannot stand in for what is missing. */
const SHARE_MAX = 1 / 8;

export type GeneratedFromTools = {
  /** Fewer than asked where the tools are too poor for that many different prompts. */
  cases: EvalCase[];
  /** Categories that these tools offer nothing for. */
  missing: { id: string; title: string; needs: string }[];
};

/**
 * A suite of adversarial prompts over a tenant's own tools: same seed and tools, same suite, on every machine. Every value
 * of a right answer stands literally in its prompt, and every right answer keeps to its tool's schema. Categories that the
 * tools offer something for take turns; a longer suite of one seed begins with the shorter one, unless the tools are poor.
 *
 * @param tools sound ones (`checkTools`), at least one @param count a whole number from 1 on
 */
export function generateFromTools(options: {
  tools: readonly ToolDefinition[];
  seed: string;
  count: number;
}): GeneratedFromTools {
  const { seed, count } = options;
  const tools = options.tools.map(viewTool);
  const seen = new Set<string>();
  const cases: EvalCase[] = [];
  const draw = (category: ToolCategory, index: number): Draft | null =>
    firstUnseen(seen, (attempt) =>
      category.draft({ tools, random: createRandom(`${seed}/${category.id}/${index}/${attempt}`), index }),
    );
  const missing: GeneratedFromTools["missing"] = [];
  let open = [...toolCategories];
  const rounds = Math.ceil(count * SHARE_MAX);
  for (let index = 0; index < rounds && open.length > 0 && cases.length < count; index += 1) {
    const left: ToolCategory[] = [];
    for (const category of open) {
      if (cases.length >= count) break;
      const draft = draw(category, index);
      if (draft === null) {
        const { id, title, needs } = category;
        if (index === 0) missing.push({ id, title, needs });
        continue;
      }
      left.push(category);
      const id = `${category.id}-${String(index + 1).padStart(3, "0")}`;
      cases.push({ id, ordinal: cases.length + 1, category: category.id, ...draft });
    }
    open = left;
  }
  return { cases, missing };
}
