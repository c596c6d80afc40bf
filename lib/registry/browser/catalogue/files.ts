import type { CodeIn } from "../finding-codes.ts";
import type { CheckText } from "./check-text.ts";

export const FILE_TEXTS = {
  files_complete: {
    title: "The files of a version are all there",
    proves: "The folder holds adapter_config.json and adapter_model.safetensors, and nothing that may not be stored.",
    why: "A node reads exactly these two files. Files of the tokenizer and the base's config serve as proof of origin.",
    fix: null,
  },
  missing_file: {
    title: "A file of the adapter is missing",
    proves: "adapter_config.json or adapter_model.safetensors is not at the top level of the folder.",
    why: "No node can load the folder: vLLM answers 404 or 500.",
    fix: "Give the folder that save_pretrained wrote, not one above or below it.",
  },
  empty_file: {
    title: "A file has no bytes",
    proves: "A file of the version is 0 bytes long.",
    why: "It is what a full disk or a copy that broke off leaves behind; no node can load it.",
    fix: "Export the adapter again, and check that the disk had room.",
  },
  file_too_large: {
    title: "A file is larger than its kind ever is",
    proves: "The file exceeds the limit for its name: 1 MiB for the config, 16 GiB for the weights.",
    why: "A config of 50 MB is an attack or a mistake; reading it costs memory in every process that looks at it.",
    fix: "Export the adapter again. A config of PEFT has about 1 kB.",
  },
  version_too_large: {
    title: "All files together are too large",
    proves: "The sum of the stored files exceeds 16 GiB.",
    why: "Every node reads the weights from disk into memory at a load, while all requests wait.",
    fix: "Train with a lower rank or on fewer modules.",
  },
  duplicate_file: {
    title: "A file is listed twice",
    proves: "The list of files names one path more than once.",
    why: "Only one of them could be stored, and it is unclear which one.",
    fix: "List each file once.",
  },
  pickle_refused: {
    title: "Pickles are refused",
    proves:
      "The folder contains a file in a format that may run code when it is read (.bin, .pt, .pth, .pkl, .npy, …). It is not one of the files in which trainers keep their state.",
    why: "vLLM falls back to adapter_model.bin and .pt when there are no safetensors. Reading a pickle has led to code execution even in the safe mode (CVE-2025-32434, CVE-2026-24747).",
    fix: "Export with save_pretrained(..., safe_serialization=True), and leave out what the trainer wrote for itself.",
  },
  archive_refused: {
    title: "Archives are refused",
    proves: "The folder holds a .zip, .tar, .gz or another archive.",
    why: "Nothing is ever unpacked here: an archive can hide programs, leave its folder by name, or grow to any size.",
    fix: "Unpack it yourself and give the folder.",
  },
  program_refused: {
    title: "Programs are refused",
    proves: "The folder holds a script, a library or a program.",
    why: "An adapter is data. Together with auto_map, code beside it runs in any process that loads the folder (CVE-2026-22807).",
    fix: "Remove it; serving does not need it.",
  },
  unexpected_weights: {
    title: "Weights that no node would read",
    proves: "The folder holds weights beside adapter_model.safetensors: shards, added embeddings, or another format.",
    why: "vLLM reads one weights file and ignores the rest in silence. Support for new_embeddings ended with 0.12.",
    fix: "Export the whole adapter into one adapter_model.safetensors, without added tokens.",
  },
  lfs_pointer: {
    title: "A file is only a Git LFS pointer",
    proves: "The file holds three lines that say where the real bytes are, instead of them.",
    why: "It is what a clone without git lfs leaves. No node can load it.",
    fix: "Run git lfs pull in the repository, and give the folder again.",
  },
  file_ignored: {
    title: "Files that are left out",
    proves:
      "The folder holds files that serving does not need, such as a README or a trainer's own state (optimizer.pt, training_args.bin, checkpoint-*/). They were neither opened nor stored.",
    why: "A version is named by the digest of its files, so a README would make equal adapters different.",
    fix: null,
  },
  already_stored: {
    title: "The tenant has the same bytes already",
    proves: "Another version of this tenant consists of the very same files; its directory is used again.",
    why: "Equal bytes are stored once within a tenant. Across tenants nothing is shared or told.",
    fix: null,
  },
} as const satisfies Record<CodeIn<"files">, CheckText>;
