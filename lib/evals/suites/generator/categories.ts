import { dates } from "./dates.ts";
import { defaultOrNull } from "./default-or-null.ts";
import { distractorTools } from "./distractor-tools.ts";
import type { Category } from "./draft.ts";
import { enumNearMisses } from "./enum-near-misses.ts";
import { formatPressure } from "./format-pressure.ts";
import { irrelevantRequest } from "./irrelevant-request.ts";
import { languageSwitch } from "./language-switch.ts";
import { longContext } from "./long-context.ts";
import { missingArgument } from "./missing-argument.ts";
import { nearDuplicateNames } from "./near-duplicate-names.ts";
import { nestedArguments } from "./nested-arguments.ts";
import { numbers } from "./numbers.ts";
import { parallelMixed } from "./parallel-mixed.ts";
import { parallelSameTool } from "./parallel-same-tool.ts";
import { promptInjection } from "./prompt-injection.ts";
import { schemaConflict } from "./schema-conflict.ts";
import { turnCorrection } from "./turn-correction.ts";
import { unicodeText } from "./unicode-text.ts";

/** In the order in which a suite walks through them; a change of order is a new generator version. */
export const categories: readonly Category[] = [
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
