import type { BaselineOrigin } from "../browser/baseline-schema.ts";

/**
 * Everything but the adapter that can change an answer. Recorded with each side of a run; sides that differ in any of
 * it are not compared.
 */
export type RunConditions = {
  suiteHash: string;
  normaliserVersion: string;
  baseModel: string;
  vllmVersion: string;
  /** GPU model, or what stands in for one; not the node's name: the two sides may run on two equal nodes. */
  nodeGpu: string;
  toolParser: string;
  chatTemplateChecksum: string;
  /** The pool's settings that can change an answer, as `dtype=bfloat16 max_loras=12 ...`. */
  engineSettings: string;
  /** Which rule judges (`gateVersion`): a verdict of another rule proves something else. */
  gateVersion: string;
  sampling: Record<
    string,
    {
      temperature: number;
      topP: number;
      seeds: number[];
      maxTokens: number /** Asked at first, a side. */;
      takes: number;
    }
  >;
  concurrency: number;
  /** A deployment of others answered: what it cannot tell is `unknown` above. */
  origin?: BaselineOrigin & { answeredAs: string[] };
};

export type SideConditions = { baseline: RunConditions; candidate: RunConditions };

type Name = Exclude<keyof RunConditions, "sampling" | "origin">;
/** What is ours to fix on both sides, also where a deployment of others answers on one. */
const ASKED = ["suiteHash", "normaliserVersion", "gateVersion"] as const satisfies Name[];
const ALL = [
  ...["suiteHash", "normaliserVersion", "baseModel", "vllmVersion", "nodeGpu", "toolParser"],
  ...["chatTemplateChecksum", "engineSettings", "gateVersion", "concurrency"],
] as Name[];

/**
 * Names of the conditions in which two sides differ, in a fixed order; `sampling.sampled` names a mode. Of a deployment of
 * others only what is asked of it is compared: how it runs is what the candidate is to replace.
 */
export function compareConditions(left: RunConditions, right: RunConditions): string[] {
  const { sampling: leftSampling } = left;
  const { sampling: rightSampling } = right;
  const names: readonly Name[] = left.origin || right.origin ? ASKED : ALL;
  const differing = names.filter((name) => left[name] !== right[name]);
  const modes = [...new Set([...Object.keys(leftSampling), ...Object.keys(rightSampling)])].sort();
  const differingModes = modes.filter((mode) => !isSameSampling(leftSampling[mode], rightSampling[mode]));
  return [...differing, ...differingModes.map((mode) => `sampling.${mode}`)];
}

type Sampling = RunConditions["sampling"][string];

function isSameSampling(left: Sampling | undefined, right: Sampling | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  const hasSameSeeds =
    left.seeds.length === right.seeds.length && left.seeds.every((seed, at) => seed === right.seeds[at]);
  return (
    hasSameSeeds &&
    left.temperature === right.temperature &&
    left.topP === right.topP &&
    left.maxTokens === right.maxTokens &&
    left.takes === right.takes
  );
}
