import type { TrainingContract } from "#lib/pools/schema.ts";
import type { ContractDocument } from "../browser/contract-schema.ts";

type Around = Pick<ContractDocument, "otherRanks" | "storedDtypes" | "slotBytes">;
type Rule = ContractDocument["rules"][number];

/** Every rule of a contract as people read it: what, and why it is one. */
export function contractRules(contract: TrainingContract, around: Around): Rule[] {
  return [...baseRules(contract), ...adapterRules(contract, around), ...nameRules(contract)];
}

const baseRules = (contract: TrainingContract): Rule[] => [
  {
    id: "base_model",
    label: "Base model",
    value: contract.baseModel,
    why:
      "vLLM never compares the name: an adapter of another base with equal shapes loads and answers wrongly. " +
      (contract.baseAliases.length === 0
        ? "Another name of it is a warning until an admin acknowledges it."
        : `Also known as: ${contract.baseAliases.map((alias) => alias || "(no name)").join(", ")}.`),
  },
  {
    id: "base_revision",
    label: "Revision",
    value: contract.baseRevision ?? "any",
    why:
      contract.baseRevision === null
        ? "The pool states none, so none is compared."
        : "Another revision has other weights under the same adapter.",
  },
  {
    id: "architecture",
    label: "Architecture",
    value: `${contract.architecture} (sha256 ${contract.architectureChecksum})`,
    why: "Tensors of a narrower base are copied into part of the slot without an error; deeper layers are left out.",
  },
  {
    id: "tokenizer",
    label: "Tokenizer",
    value: contract.tokenizerChecksum === null ? "bring tokenizer.json" : `sha256 ${contract.tokenizerChecksum}`,
    why: "vLLM ignores a tokenizer in the folder: with added tokens the adapter reads other tokens than it learned.",
  },
  {
    id: "chat_template",
    label: "Chat template",
    value: contract.chatTemplateChecksum === null ? "not stated" : `sha256 ${contract.chatTemplateChecksum}`,
    why: "The node lays out every prompt with the base model's template.",
  },
  {
    id: "sequence_limit",
    label: "Sequence limit",
    value: `${contract.sequenceLimit} tokens`,
    why: "The pool takes prompts up to here; what was trained on shorter ones is untried beyond.",
  },
];

const adapterRules = (contract: TrainingContract, { otherRanks, storedDtypes, slotBytes }: Around): Rule[] => [
  {
    id: "rank",
    label: "Rank (r)",
    value: `${contract.rank}, in every module`,
    why: rankReason(contract.rank, otherRanks, slotBytes),
  },
  {
    id: "target_modules",
    label: "Target modules",
    value: contract.targetModules?.join(", ") ?? "not compared",
    why: "A module the base does not have is refused or left out; some bases take no LoRA on their embeddings.",
  },
  {
    id: "dtype",
    label: "Stored as",
    value: storedDtypes.join(", "),
    why: `Nodes run in ${contract.dtype} and convert everything else without saying so.`,
  },
  {
    id: "values",
    label: "Values",
    value: "finite, and not all zero in B",
    why: "NaN loads and then answers nothing; on some nodes it reaches other tenants' requests. Zeros answer as the base.",
  },
];

function rankReason(rank: number, others: Around["otherRanks"], slotBytes: number | null): string {
  const slot = slotBytes === null ? "" : ` (${(slotBytes / 1e6).toFixed(1)} MB each)`;
  const elsewhere = others.map(({ slug, rank: other }) => `${other} in ${slug}`).join(", ");
  return (
    `Every slot${slot} is as large as rank ${rank} needs: a higher rank is refused, a lower one wastes the rest.` +
    (elsewhere === "" ? "" : ` Other ranks of this base: ${elsewhere}.`)
  );
}

const nameRules = (contract: TrainingContract): Rule[] => [
  {
    id: "tensor_names",
    label: "Tensor names",
    value: "base_model.model.<module path>.lora_A.weight, .lora_B.weight",
    why: "vLLM looks at the last part of a path only; under another prefix nothing is applied, without an error.",
  },
  {
    id: "base_model_name",
    label: "base_model_name_or_path",
    value: contract.baseModel,
    why: "A path on the training machine says nothing: load the base under its name, or write the name before saving.",
  },
];
