import { assembleSafetensors } from "#lib/platform/safetensors/encode.ts";
import { withHeaderText } from "../adapter-folder.ts";
import {
  GOOD,
  type HostileFolder,
  joined,
  latin,
  lengthField,
  text,
  WEIGHTS,
  withSparse,
  withWeights,
} from "./hostile-folder.ts";

type Code = HostileFolder["codes"][number];
const raw = (name: string, bytes: () => Uint8Array<ArrayBuffer>, code: Code): HostileFolder => ({
  name,
  files: () => withWeights(bytes()),
  codes: [code],
});
/** A file with this header and so many bytes of data. */
const header = (name: string, json: () => string, code: Code, data = 8): HostileFolder =>
  raw(name, () => assembleSafetensors(json(), [new Uint8Array(data)]), code);
const edited = (name: string, change: (json: string) => string, code: Code): HostileFolder => ({
  name,
  files: () => withHeaderText(GOOD, change),
  codes: [code],
});
const goodWeights = (): Uint8Array<ArrayBuffer> => GOOD.get(WEIGHTS) ?? new Uint8Array();
const entry = (begin: number, end: number) =>
  `{"dtype":"BF16","shape":[${(end - begin) / 2}],"data_offsets":[${begin},${end}]}`;
const HUNDRED_MB = 100_000_000;

/** Weights files whose structure lies. */
export const HEADER_FOLDERS: readonly HostileFolder[] = [
  raw("seven bytes", () => latin("1234567"), "safetensors_truncated"),
  raw("a file cut off in its data", () => goodWeights().slice(0, -100), "safetensors_truncated"),
  raw("a file cut off in its header", () => goodWeights().slice(0, 200), "safetensors_truncated"),
  raw("a header of 2^63 bytes", () => joined(lengthField(2n ** 63n), text("{}")), "safetensors_header_too_large"),
  {
    name: "a header of 100 MB",
    files: () =>
      withSparse(WEIGHTS, { head: joined(lengthField(BigInt(HUNDRED_MB)), text("{")), sizeBytes: HUNDRED_MB + 64 }),
    codes: ["safetensors_header_too_large"],
  },
  header("a million tensors", () => `{${millionEntries()}}`, "safetensors_too_many_tensors", 0),
  header("lists nested three million deep", () => `{"a":${"[".repeat(3_000_000)}`, "safetensors_too_many_tensors", 0),
  header("a tensor twice", () => `{"a":${entry(0, 8)},"a":${entry(0, 8)}}`, "safetensors_duplicate_key"),
  header(
    "a dtype twice in one entry",
    () => '{"a":{"dtype":"I8","dtype":"BF16","shape":[4],"data_offsets":[0,8]}}',
    "safetensors_duplicate_key",
  ),
  edited("a dtype that lies", (json) => json.replace('"BF16"', '"F32"'), "safetensors_size"),
  edited("a shape that lies", (json) => json.replace('"shape":[', '"shape":[2,'), "safetensors_size"),
  header(
    "offsets that run backwards",
    () => '{"a":{"dtype":"BF16","shape":[4],"data_offsets":[8,0]}}',
    "safetensors_size",
  ),
  header(
    "a shape beyond exact numbers",
    () => '{"a":{"dtype":"U8","shape":[9007199254740991,3],"data_offsets":[0,8]}}',
    "safetensors_size",
  ),
  header("offsets beyond the file", () => `{"a":${entry(0, 4000)}}`, "safetensors_truncated"),
  header("overlapping tensors", () => `{"a":${entry(0, 6)},"b":${entry(4, 8)}}`, "safetensors_overlap"),
  header("two names for the same bytes", () => `{"a":${entry(0, 8)},"b":${entry(0, 8)}}`, "safetensors_overlap"),
  header("a hole between tensors", () => `{"a":${entry(0, 2)},"b":${entry(4, 8)}}`, "safetensors_overlap"),
  raw("an archive behind the last tensor", () => joined(goodWeights(), latin("PK\x03\x04")), "safetensors_trailing"),
  header("a header that is no JSON", () => `{"a":${entry(0, 8)}`, "safetensors_header"),
  raw(
    "a header that begins with a blank",
    () => assembleSafetensors(` {"a":${entry(0, 8)}}`, [new Uint8Array(8)]),
    "safetensors_header",
  ),
  raw(
    "a header that is not UTF-8",
    () => joined(lengthField(8n), latin('{"\xff":1}'), latin(" ")),
    "safetensors_header",
  ),
  header("an entry that is a number", () => '{"a":1}', "safetensors_header"),
  header(
    "an entry with a stray key",
    () => '{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"x":1}}',
    "safetensors_header",
  ),
  header("a negative side", () => '{"a":{"dtype":"U8","shape":[-2,-4],"data_offsets":[0,8]}}', "safetensors_header"),
  header(
    "a side that is no whole number",
    () => '{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,8]}}',
    "safetensors_header",
  ),
  header("metadata that is not text", () => '{"__metadata__":{"step":3}}', "safetensors_header", 0),
  header("a name of 5 MB", () => `{"${"n".repeat(5_000_000)}":1}`, "safetensors_header"),
  header("a dtype nobody knows", () => '{"a":{"dtype":"INT4","shape":[4],"data_offsets":[0,8]}}', "dtype_unsupported"),
  edited("whole numbers for floats", (json) => json.replace('"BF16"', '"I16"'), "dtype_unsupported"),
  header("no tensors", () => "{}", "no_tensors", 0),
];

/** Short enough to stay below the cap on bytes. */
const millionEntries = (): string => {
  const entries: string[] = [];
  for (let at = 0; at < 1_000_000; at += 1) entries.push(`"t${at}":{}`);
  return entries.join(",");
};
