import type { CodeIn } from "../finding-codes.ts";
import type { CheckText } from "./check-text.ts";

const AGAIN = "Copy the file again and compare sizes; if that does not help, export the adapter again.";
const EXPORT = "Export again with PEFT's save_pretrained(..., safe_serialization=True).";

export const WEIGHT_TEXTS = {
  safetensors_sound: {
    title: "The weights file is whole",
    proves:
      "Every byte belongs to the header or to exactly one tensor; sizes follow from dtype and shape; no name appears twice.",
    why: "A reader that trusts a header can be led to read beyond the file or the same bytes twice.",
    fix: null,
  },
  safetensors_truncated: {
    title: "The weights file is cut off",
    proves: "The header, or the tensors it lists, end after the file does.",
    why: "A copy broke off or a disk was full. The load fails, on every node that tries.",
    fix: AGAIN,
  },
  safetensors_header: {
    title: "The header of the weights file is broken",
    proves: "The header is not JSON in UTF-8, or an entry does not have the form the format asks for.",
    why: "Readers differ in what they make of it; the strict one refuses the file.",
    fix: AGAIN,
  },
  safetensors_header_too_large: {
    title: "The header of the weights file is too large",
    proves: "The header claims more than 32 MiB.",
    why: "The format allows 100 MB, which costs a reader a gigabyte of memory. The largest mixture of experts known to us would need 22 MB: 141,000 tensors of 160 bytes each.",
    fix: EXPORT,
  },
  safetensors_too_many_tensors: {
    title: "The weights file lists too many tensors",
    proves: "The header lists more than 200,000 tensors, or nests lists to fill memory.",
    why: "384 experts in 61 layers, each with its own pairs, make 141,000. More is a file built to exhaust its reader.",
    fix: EXPORT,
  },
  safetensors_duplicate_key: {
    title: "A name appears twice in the header",
    proves: "The header gives a tensor, or a key of one, more than once.",
    why: "Most readers keep the last entry. What is checked and what is loaded could be different bytes.",
    fix: EXPORT,
  },
  safetensors_size: {
    title: "A tensor's bytes do not fit its dtype and shape",
    proves: "The offsets span more or fewer bytes than dtype times shape: one of them is wrong.",
    why: "A reader that believes the shape reads beyond the tensor.",
    fix: EXPORT,
  },
  safetensors_overlap: {
    title: "Tensors overlap or leave gaps",
    proves: "Two tensors share bytes, or bytes between them belong to none.",
    why: "With overlaps one value counts twice. Gaps can hide data that no check sees.",
    fix: AGAIN,
  },
  safetensors_trailing: {
    title: "Bytes after the last tensor",
    proves: "The file has bytes after the last tensor.",
    why: "It is how a second file, such as an archive, is hidden behind a valid one.",
    fix: AGAIN,
  },
  weights_are_pickle: {
    title: "The weights are a pickle under another name",
    proves: "The first bytes of adapter_model.safetensors are those of a Python pickle.",
    why: "A pickle runs code in the program that opens it. Renaming does not convert it.",
    fix: EXPORT,
  },
  weights_are_archive: {
    title: "The weights are an archive under another name",
    proves: "The first bytes are those of a zip (what torch.save writes), gzip, tar or another archive.",
    why: "A zip of torch.save holds a pickle. Nothing is unpacked here, so a bomb stays closed.",
    fix: EXPORT,
  },
  weights_other_format: {
    title: "The weights are another format under this name",
    proves: "The first bytes are those of GGUF, HDF5, NumPy, a web page, a program or the like.",
    why: "Often an error page of a download saved as a file. No node could read it.",
    fix: EXPORT,
  },
  dtype_unsupported: {
    title: "A tensor's format is not served",
    proves: "A tensor is stored as something other than bfloat16, float16 or float32, or in an unknown format.",
    why: "vLLM casts whatever it finds to the LoRA dtype in silence: whole numbers or 8-bit floats without their scales become wrong weights.",
    fix: "Export in bfloat16, float16 or float32.",
  },
  no_tensors: {
    title: "The adapter has no weights",
    proves: "The file is sound, but holds no lora_A or lora_B.",
    why: "It would load and change nothing, or be refused, depending on the release.",
    fix: "Export the adapter again after training.",
  },
  unsupported_weight: {
    title: "Tensors that vLLM does not load",
    proves: "A name does not end in lora_A.weight, lora_B.weight or lora_embedding_A/B.",
    why: "vLLM refuses the whole adapter: such tensors come from modules_to_save, DoRA, added tokens, or an adapter name inside the tensor's.",
    fix: "Export with save_pretrained, without these options.",
  },
  lora_pair_incomplete: {
    title: "Half of a LoRA pair is missing",
    proves: "A module has only lora_A or only lora_B.",
    why: "vLLM loads it without a word, and the module does nothing.",
    fix: "Export the adapter again: each module needs both.",
  },
  rank_mismatch: {
    title: "Tensors disagree with the rank in the config",
    proves: "The inner side of a lora_A or lora_B is not r.",
    why: "vLLM takes the scaling from the config and the rank from the tensors: the result is scaled wrongly, without an error.",
    fix: "Set r to the rank the adapter was trained with, or export it again.",
  },
  shape_not_matrix: {
    title: "Tensors that are not matrices",
    proves: "A lora_A or lora_B does not have exactly two sides.",
    why: "LoRA multiplies two matrices; convolutions and flattened exports are not served.",
    fix: "Export the adapter again with PEFT's save_pretrained.",
  },
  experts_stacked: {
    title: "Experts stacked into one tensor",
    proves: "A tensor holds the matrices of all experts at once (three sides, or a path that ends in experts).",
    why: "vLLM reads this layout only when told so at the load, and never checks it against the file. The wrong choice gives garbage.",
    fix: "Train the experts as separate modules, or leave them out of target_modules.",
  },
  target_modules_missing: {
    title: "The file lacks modules that the config names",
    proves: "A module of target_modules has no tensors.",
    why: "vLLM does not compare the two: these modules answer as in the base.",
    fix: "Check that the whole adapter was exported. PEFT also keeps names that the base never had.",
  },
  target_modules_undeclared: {
    title: "The file holds modules that the config does not name",
    proves: "There are tensors for a module that target_modules does not list.",
    why: "vLLM applies them all the same; config and weights may be from two exports.",
    fix: "Check that config and weights are from one export.",
  },
  modules_uneven: {
    title: "Modules adapted in a part of the layers only",
    proves: "A kind of module carries weights in fewer layers than another, and nothing in the config asks for that.",
    why: "It is what an export that broke off looks like. vLLM leaves the missing ones as in the base.",
    fix: "Check that the whole adapter was exported.",
  },
  base_weights_skipped: {
    title: "Copies of base weights are not used",
    proves: "The file holds base_layer weights of embed_tokens or lm_head.",
    why: "PEFT adds them when embeddings were resized; vLLM skips them. Check that no tokens were added.",
    fix: null,
  },
} as const satisfies Record<CodeIn<"weights">, CheckText>;
