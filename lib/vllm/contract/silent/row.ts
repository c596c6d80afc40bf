import type { AdapterFiles } from "../change-adapter.ts";
import type { EngineStart } from "../point.ts";

/** What rows are made from: the two trained adapters as they are, and the base they were trained on. */
export type Sound = {
  /** Config and weights only. */
  billing: AdapterFiles;
  /** With the tokenizer's files beside it, as trainers leave them. */
  support: AdapterFiles;
  baseName: string;
  baseConfig: Record<string, unknown>;
};

/** How an adapter answers, judged by the likeliest first tokens of three prompts. */
export type Answers =
  /** As the trained adapter it was made from. */
  | "as trained"
  /** As the base model does: nothing was applied. */
  | "as the base"
  /** As neither. */
  | "otherwise"
  /** Requests are refused. */
  | "not at all";

/** What an engine makes of an adapter: refused with words of its reason, or in the list and answering. */
export type Outcome = { load: "refused"; status: number; word: string } | { load: "accepted"; answers: Answers };

export const GROUPS = {
  sound: "Sound adapters",
  base: "Trained for another base",
  names: "Tensor names",
  config: "Config and tensors disagree",
  pairs: "Halves and shapes",
  values: "Values",
  variants: "Kinds of adapters that vLLM does not serve",
  files: "Other files of the folder",
  node: "How the node was started",
} as const;
export type Group = keyof typeof GROUPS;

/** One adapter directory, what is wrong with it, and what a vLLM 0.32 does with it. */
export type Row = {
  id: string;
  group: Group;
  /** What it is, without judgement. */
  what: string;
  files(sound: Sound): AdapterFiles;
  expects: Outcome;
  /** Which trained adapter "as trained" means; null = there is none, it is of a seed. */
  madeFrom: "billing" | "support" | null;
  /** Started in this way; the rest as in STANDARD_START. */
  start?: Partial<EngineStart>;
  /** Its weights are stored as a pickle before it is loaded, which only Python can do. */
  pickled?: true;
  /** Right for its base, or wrong in a way that must not reach a node. */
  isSound: boolean;
  /** Why a row that this engine serves as trained is not sound all the same. */
  because?: string;
  /** No look at the files can tell: it depends on how the node was started. */
  fault?: "node";
};

export const refused = (word: string, status = 500): Outcome => ({ load: "refused", status, word });
export const accepted = (answers: Answers): Outcome => ({ load: "accepted", answers });
