import type { Finding } from "../../schema.ts";
import { WEIGHTS_FILE } from "../file-set.ts";
import { error, fieldOf, hasErrors, pass, warning } from "../finding.ts";
import { findingsOf, type TensorProblem } from "./tensor-problem.ts";

/** What reading every weight told. */
export type ValueFacts = {
  /** One for each tensor with NaN or infinity. */
  problems: readonly TensorProblem[];
  /** Paths of all modules that have a LoRA. */
  modules: readonly string[];
  /** Those in which A or B is all zero, so that their product changes nothing. */
  zeroModules: readonly string[];
};

const SHOWN = 5;
const FIX = "Export the trained weights; PEFT starts every B at zero, so zeros mean a checkpoint from before training.";

/** Findings of the values: finite at all, and whether they change anything. */
export function valueFindings({ problems, modules, zeroModules }: ValueFacts, tensorCount: number): Finding[] {
  const findings = findingsOf(problems);
  if (!hasErrors(findings))
    findings.push(
      pass({
        code: "values_finite",
        title: "Every weight is a number",
        message: `All values of ${tensorCount} tensors were read.`,
        field: WEIGHTS_FILE,
      }),
    );
  if (zeroModules.length === 0) return findings;
  const evidence = { "modules without effect": `${zeroModules.length} of ${modules.length}` };
  if (zeroModules.length === modules.length)
    findings.push(
      error({
        code: "no_effect",
        title: "The adapter changes nothing",
        message: "In every module A or B is all zero, so answers would equal the base model's.",
        fix: FIX,
        field: WEIGHTS_FILE,
        evidence,
      }),
    );
  else
    findings.push(
      warning({
        code: "no_effect_in_part",
        title: `${zeroModules.length} of ${modules.length} modules change nothing`,
        message: "In these modules A or B is all zero: they answer as in the base.",
        fix: FIX,
        field: fieldOf(WEIGHTS_FILE, zeroModules[0]),
        evidence: { ...evidence, modules: zeroModules.slice(0, SHOWN).join(", ") },
      }),
    );
  return findings;
}
