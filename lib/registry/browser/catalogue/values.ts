import type { CodeIn } from "../finding-codes.ts";
import type { CheckText } from "./check-text.ts";

export const VALUE_TEXTS = {
  values_finite: {
    title: "Every weight is a number",
    proves: "All values of all tensors were read; none is NaN or infinite.",
    why: "vLLM reads none of them before the first request.",
    fix: null,
  },
  values_not_finite: {
    title: "Weights that are not numbers",
    proves: "A tensor holds NaN or infinity.",
    why: "vLLM loads it. Every answer that passes the module becomes NaN, and turns into broken text.",
    fix: "The training diverged: export an earlier checkpoint.",
  },
  no_effect: {
    title: "The adapter changes nothing",
    proves: "In every module A or B is all zero.",
    why: "PEFT starts every B at zero, so this is a checkpoint from before training. vLLM loads it and answers as the base model, to a customer who believes it is theirs.",
    fix: "Export the trained weights.",
  },
  no_effect_in_part: {
    title: "Some modules change nothing",
    proves: "In some modules A or B is all zero, in others not.",
    why: "Those modules answer as in the base. It can be meant; often a part of the training did not run.",
    fix: "Check that all target modules were trained.",
  },
} as const satisfies Record<CodeIn<"values">, CheckText>;
