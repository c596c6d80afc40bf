import { type Finding, MAX_VERSION_BYTES } from "../schema.ts";
import { nameFinding } from "./file-names.ts";
import { error, note, pass } from "./finding.ts";

export const CONFIG_FILE = "adapter_config.json";
export const WEIGHTS_FILE = "adapter_model.safetensors";
export const TOKENIZER_FILE = "tokenizer.json";
export const TOKENIZER_CONFIG_FILE = "tokenizer_config.json";
export const TEMPLATE_FILE = "chat_template.jinja";
export const BASE_CONFIG_FILE = "config.json";

const MIB = 1024 ** 2;
/** Everything a version may consist of, with the most bytes each may have. Nothing else is ever stored. */
export const STORED_FILES: Readonly<Record<string, number>> = {
  [CONFIG_FILE]: MIB,
  [WEIGHTS_FILE]: 16 * 1024 * MIB,
  [TOKENIZER_FILE]: 128 * MIB,
  [TOKENIZER_CONFIG_FILE]: 16 * MIB,
  [TEMPLATE_FILE]: MIB,
  [BASE_CONFIG_FILE]: MIB,
  "generation_config.json": MIB,
  "special_tokens_map.json": MIB,
  "added_tokens.json": 16 * MIB,
  "vocab.json": 64 * MIB,
  "merges.txt": 64 * MIB,
  "tokenizer.model": 64 * MIB,
};
export const STORED_FILE_NAMES = Object.keys(STORED_FILES);

/** Formats that run code when they are read, or hide files that might; and programs, which an adapter never needs. */
const PICKLE = /\.(bin|pt|pth|pkl|pickle|ckpt|npy|npz|joblib)$/i;
const ARCHIVE = /\.(zip|tar|tgz|gz|bz2|tbz2|xz|txz|zst|7z|rar|whl|egg|jar)$/i;
const PROGRAM = /\.(py|pyc|pyd|so|dll|dylib|exe|sh|bat|cmd|ps1)$/i;
/** Weights that no node would read: shards, added embeddings, other formats. */
const OTHER_WEIGHTS = /\.(safetensors|gguf|ggml|onnx|h5|hdf5|msgpack|tflite)$/i;

/** A folder may hold any number of files; a report need not. */
const MOST_REFUSALS = 50;

export type FileEntry = { path: string; sizeBytes: number };
/** A folder as it was listed: its files, and the names of the folders in it where those were not opened. */
export type FolderListing = { files: readonly FileEntry[]; folders: readonly string[] };
export type FileSet = { stored: FileEntry[]; findings: Finding[] };

/**
 * Decides which files of a folder make up a version. Pickles, archives and programs are refused, unless they are a
 * trainer's own state, and so are names that deceive; anything else we do not know is left out and named.
 * @param files paths relative to the adapter's folder @param folders names of folders in it that were not opened
 */
export function checkFileSet(files: readonly FileEntry[], folders: readonly string[] = []): FileSet {
  const stored = files.filter(({ path }) => Object.hasOwn(STORED_FILES, path));
  const others = files.filter(({ path }) => !Object.hasOwn(STORED_FILES, path));
  const refused = others.map((file) => refusal(file));
  const ignored = others.filter((_, at) => refused[at] === null);
  const findings = [
    ...refused.filter((finding) => finding !== null).slice(0, MOST_REFUSALS),
    ...[CONFIG_FILE, WEIGHTS_FILE]
      .filter((name) => !stored.some(({ path }) => path === name))
      .map((name) => missing(name, files)),
    ...repeated(stored),
    ...stored.flatMap(sizeProblem),
    ...totalProblem(stored),
  ];
  if (findings.length === 0)
    findings.push(
      pass({
        code: "files_complete",
        title: "All files are there",
        message: `The version consists of ${stored.map(({ path }) => path).join(", ")}.`,
      }),
    );
  const names = leftOutNames([...ignored.map(({ path }) => path), ...folders.map((name) => `${name}/`)]);
  if (names.length > 0) findings.push(leftOut(names));
  return { stored, findings };
}

const leftOut = (names: readonly string[]): Finding =>
  note({
    code: "file_ignored",
    title: names.length === 1 ? `${names[0]} is left out` : `${names.length} files and folders are left out`,
    message: "Serving does not need them, so they are neither opened nor stored.",
    evidence: { files: names.join(", ") },
  });

/** Why a file that no version holds must not even stand beside one, or null. */
function refusal(file: FileEntry): Finding | null {
  const { path } = file;
  const name = nameFinding(file, STORED_FILE_NAMES);
  if (name !== null) return name;
  if (isByProduct(path)) return null;
  if (PICKLE.test(path)) return pickle(path);
  if (ARCHIVE.test(path))
    return error({
      code: "archive_refused",
      title: `${path} is an archive`,
      message: "Nothing is ever unpacked: an archive can hide programs, or grow to any size.",
      fix: `Unpack it yourself and give the folder, or remove ${path}.`,
      field: path,
    });
  if (PROGRAM.test(path))
    return error({
      code: "program_refused",
      title: `${path} is a program`,
      message: "An adapter is data; code beside it could run in any process that loads the folder.",
      fix: `Remove ${path} from the folder; serving does not need it.`,
      field: path,
    });
  return OTHER_WEIGHTS.test(path) ? otherWeights(path) : null;
}

const pickle = (path: string): Finding =>
  error({
    code: "pickle_refused",
    title: `${path} is a pickle`,
    message: "A pickle can run code in the program that opens it; Switchyard stores safetensors and JSON only.",
    fix: /adapter_model\.(bin|pt)$/.test(path)
      ? `Export again with PEFT's save_pretrained(..., safe_serialization=True), which writes ${WEIGHTS_FILE}.`
      : `Remove ${path} from the folder; serving does not need it.`,
    field: path,
  });

const otherWeights = (path: string): Finding =>
  error({
    code: "unexpected_weights",
    title: `${path} would never be loaded`,
    message: `vLLM reads the weights of an adapter from one file, ${WEIGHTS_FILE}, and ignores shards, added embeddings and other formats.`,
    fix: `Export the whole adapter into one ${WEIGHTS_FILE}, without added tokens.`,
    field: path,
  });

const missing = (name: string, files: readonly FileEntry[]): Finding => {
  const nested = files.find(({ path }) => path.endsWith(`/${name}`));
  return error({
    code: "missing_file",
    title: `${name} is missing`,
    message: nested
      ? `It is in a subfolder, as ${nested.path}.`
      : "PEFT writes it into the folder that save_pretrained was given.",
    fix: nested
      ? `Give the folder ${nested.path.slice(0, -name.length - 1)} itself.`
      : "Give the folder that save_pretrained wrote.",
    field: name,
  });
};

const repeated = (stored: readonly FileEntry[]): Finding[] =>
  stored
    .filter(({ path }, at) => stored.findIndex((other) => other.path === path) < at)
    .map(({ path }) =>
      error({
        code: "duplicate_file",
        title: `${path} appears twice in the list`,
        message: "Only one of them could be stored.",
        fix: "List each file once.",
        field: path,
      }),
    );

const sizeProblem = ({ path, sizeBytes }: FileEntry): Finding[] => {
  const most = STORED_FILES[path] ?? 0;
  if (sizeBytes > 0 && sizeBytes <= most) return [];
  const message = sizeBytes === 0 ? "It has no bytes." : `It has ${sizeBytes} bytes; at most ${most} are read.`;
  const fix = "Export the adapter again, and check that the disk had room.";
  return [
    sizeBytes === 0
      ? error({ code: "empty_file", title: `${path} is empty`, message, fix, field: path })
      : error({ code: "file_too_large", title: `${path} is too large`, message, fix, field: path }),
  ];
};

const totalProblem = (stored: readonly FileEntry[]): Finding[] => {
  const total = stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total <= MAX_VERSION_BYTES) return [];
  return [
    error({
      code: "version_too_large",
      title: "The version is too large",
      message: `Its files have ${total} bytes together; at most ${MAX_VERSION_BYTES} are stored.`,
      fix: "Train with a lower rank or on fewer modules.",
      field: WEIGHTS_FILE,
    }),
  ];
};

/** Files in which trainers (transformers, accelerate, DeepSpeed, FSDP) keep their own state, beside an adapter. */
const TRAINER_FILES = new RegExp(
  `^(?:${[
    String.raw`training_args\.bin`,
    String.raw`(?:optimizer|scheduler|scaler)(?:_\d+)?\.(?:pt|bin)`,
    String.raw`rng_state(?:_\d+)?\.pth`,
    String.raw`random_states_\d+\.pkl`,
    String.raw`trainer_state\.json`,
    String.raw`zero_to_fp32\.py`,
  ].join("|")})$`,
);
/** Folders in which they keep whole checkpoints, sharded state and logs. */
const TRAINER_FOLDERS = /^(?:checkpoint-[^/]+|global_step\d+|optimizer_\d+|pytorch_model_fsdp_\d+|runs|logs|wandb)\//;

/**
 * Whether a trainer left this beside an adapter. Such files are named in the report, never opened and never stored, also
 * where a file of this kind would be refused elsewhere.
 * @param path relative to the adapter's folder, already known to hold no way out of it
 */
const isByProduct = (path: string): boolean => TRAINER_FILES.test(path) || TRAINER_FOLDERS.test(path);

/** Left-out files as people read them: each folder once, with a slash at its end. */
const leftOutNames = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => (path.includes("/") ? path.slice(0, path.indexOf("/") + 1) : path))),
];
