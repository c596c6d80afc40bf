import { withFile, withoutFile } from "../adapter-folder.ts";
import { CONFIG, GOOD, type HostileFolder, latin, text, WEIGHTS, withSparse, withWeights } from "./hostile-folder.ts";

const GIB = 1024 ** 3;
const beside = (name: string, file: string, code: HostileFolder["codes"][number]): HostileFolder => ({
  name,
  files: () => withFile(GOOD, file, "x"),
  codes: [code],
});
const only = (name: string, file: string, code: HostileFolder["codes"][number]) => beside(name, file, code);

/** Whole files that may not be there, are missing, or too small or large. */
export const FILE_FOLDERS: readonly HostileFolder[] = [
  {
    name: "a pickle instead of safetensors",
    files: () => withFile(withoutFile(GOOD, WEIGHTS), "adapter_model.bin", "x"),
    codes: ["missing_file", "pickle_refused"],
  },
  beside("a pickle with nearly a trainer's name", "optimizer_state.pt", "pickle_refused"),
  beside("a pickle two folders below", "backup/state/rng.pth", "pickle_refused"),
  beside("a NumPy array, which may hold objects", "eval.npy", "pickle_refused"),
  beside("a zip beside the weights", "extra.zip", "archive_refused"),
  beside("a wheel", "helper-1.0-py3-none-any.whl", "archive_refused"),
  beside("a script", "modeling_custom.py", "program_refused"),
  beside("a library", "kernel.so", "program_refused"),
  beside("a shard", "adapter_model-00001-of-00002.safetensors", "unexpected_weights"),
  beside("added embeddings", "new_embeddings.safetensors", "unexpected_weights"),
  beside("weights of another program", "adapter.gguf", "unexpected_weights"),
  {
    name: "no config",
    files: () => withoutFile(GOOD, CONFIG),
    codes: ["missing_file"],
  },
  { name: "nothing at all", files: () => new Map(), codes: ["missing_file"] },
  {
    name: "everything one folder below",
    files: () => new Map([...GOOD].map(([path, bytes]) => [`export/${path}`, bytes])),
    codes: ["missing_file", "unexpected_weights"],
    also: ["file_ignored"],
  },
  { name: "an empty config", files: () => withFile(GOOD, CONFIG, ""), codes: ["empty_file"] },
  { name: "empty weights", files: () => withFile(GOOD, WEIGHTS, ""), codes: ["empty_file"] },
  {
    name: "a config of 50 MB",
    files: () => withSparse(CONFIG, { head: text('{"r":16,'), sizeBytes: 50_000_000 }),
    codes: ["file_too_large"],
  },
  {
    name: "weights of 17 GiB",
    files: () => withSparse(WEIGHTS, { head: latin(""), sizeBytes: 17 * GIB }),
    codes: ["file_too_large", "version_too_large"],
  },
  {
    name: "files that are too large only together",
    files: () => withSparse(WEIGHTS, { head: latin(""), sizeBytes: 16 * GIB }),
    codes: ["version_too_large"],
  },
  {
    name: "five thousand pickles",
    files: () => new Map([...GOOD, ...Array.from({ length: 5000 }, (_, at) => [`p${at}.pkl`, text("x")] as const)]),
    codes: ["pickle_refused"],
  },
  { name: "a README", files: () => withFile(GOOD, "README.md", "# hi"), codes: [], also: ["file_ignored"] },
];

/** What stands under the name of the weights instead of them. */
export const FORMAT_FOLDERS: readonly HostileFolder[] = (
  [
    ["a pickle inside .safetensors", "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00", "weights_are_pickle"],
    ["a pickle of torch's first format", "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "weights_are_pickle"],
    ["a pickle of protocol 0 that calls the system", "cposix\nsystem\n(S'id'\ntR.", "weights_are_pickle"],
    ["a zip bomb inside .safetensors", "PK\x03\x04\x14\x00\x00\x00\x08\x00", "weights_are_archive"],
    ["a gzip inside .safetensors", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "weights_are_archive"],
    ["a zstd inside .safetensors", "\x28\xb5\x2f\xfd\x04\x00\x00\x00\x00", "weights_are_archive"],
    ["a tar inside .safetensors", `${"a".repeat(257)}ustar\x0000`, "weights_are_archive"],
    ["a GGUF inside .safetensors", "GGUF\x03\x00\x00\x00\x7b\x00\x00\x00\x00\x00\x00\x00", "weights_other_format"],
    ["an HDF5 inside .safetensors", "\x89HDF\r\n\x1a\n\x00", "weights_other_format"],
    ["a NumPy array inside .safetensors", "\x93NUMPY\x01\x00v\x00", "weights_other_format"],
    ["an ELF program inside .safetensors", "\x7fELF\x02\x01\x01\x00\x00", "weights_other_format"],
    ["a script inside .safetensors", "#!/bin/sh\nrm -rf /\n", "weights_other_format"],
    ["an error page saved as weights", "<!DOCTYPE html><title>401</title>", "weights_other_format"],
    ["JSON saved as weights", '{"error":"not found"}', "weights_other_format"],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 42000000\n", "lfs_pointer"],
  ] as const
).map(([name, bytes, code]) => ({ name, files: () => withWeights(latin(bytes)), codes: [code] }));

const LONG = "x".repeat(300);
/** Names that lead out, deceive, or do not fit. */
export const NAME_FOLDERS: readonly HostileFolder[] = [
  only("a name that climbs out", "../adapter_config.json", "file_name_path"),
  only("a name that climbs out half-way", "a/../../x.json", "file_name_path"),
  only("an absolute name", "/etc/passwd", "file_name_path"),
  only("a name with backslashes", "..\\..\\x.json", "file_name_path"),
  only("a name on a drive", "C:x.json", "file_name_path"),
  only("a percent-encoded way out", "%2e%2e%2fx.json", "file_name_path"),
  only("a name with a NUL", "adapter_config.json\0.png", "file_name_hidden"),
  only("a name that reads backwards", "adapter\u202Enosj.exe", "file_name_hidden"),
  only("a zero-width space in a known name", "adapter_config\u200B.json", "file_name_hidden"),
  only("a line break in a name", "a\nb.json", "file_name_hidden"),
  only("half a surrogate pair in a name", "x\uD800.json", "file_name_hidden"),
  only("a filler letter in a name", "adapter_config\u3164.json", "file_name_hidden"),
  only("a Cyrillic letter in a known name", "\u0430dapter_config.json", "file_name_lookalike"),
  only("another case of a known name", "Adapter_Config.json", "file_name_lookalike"),
  only("full-width letters of a known name", "\uFF41dapter_config.json", "file_name_lookalike"),
  only("accents on a known name, not composed", "adapter_co\u0301nfig.json", "file_name_lookalike"),
  only("a blank behind a known name", "adapter_config.json ", "file_name_lookalike"),
  only("a dash in a known name", "adapter-model.safetensors", "file_name_lookalike"),
  only("a name of 300 bytes", `${LONG}.json`, "file_name_too_long"),
  only("a path of 2,000 bytes", Array.from({ length: 20 }, () => "y".repeat(99)).join("/"), "file_name_too_long"),
];
