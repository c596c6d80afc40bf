import { findDuplicateKey } from "./duplicate-keys.ts";

/** Bits of one element, by the names the format gives its dtypes. */
const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;
export type SafetensorsDtype = keyof typeof DTYPE_BITS;

/** Far above any adapter (384 experts in 61 layers, each with its own pairs, have 141,000), far below what hurts. */
export const MAX_TENSORS = 200_000;
/**
 * Bytes of header read at most: an entry of an adapter takes 160, so this holds MAX_TENSORS of them. The format allows
 * 100,000,000, which no adapter needs and which costs a reader a gigabyte.
 */
export const MAX_HEADER_BYTES = 32 * 1024 ** 2;
/** Braces, brackets and commas of one entry: seven for a matrix. More means a header built to fill memory. */
const MARKS_PER_TENSOR = 12;
const LENGTH_BYTES = 8;

/** One tensor; `begin` and `end` count bytes from the start of the file. */
export type Tensor = {
  name: string;
  dtype: SafetensorsDtype;
  shape: readonly number[];
  begin: number;
  end: number;
};
/** Tensors in the order of their bytes. */
export type SafetensorsHeader = { tensors: readonly Tensor[]; metadata: Readonly<Record<string, string>> };

export const HEADER_PROBLEM_CODES = [
  "safetensors_truncated",
  "safetensors_header",
  "safetensors_header_too_large",
  "safetensors_too_many_tensors",
  "safetensors_duplicate_key",
  "safetensors_size",
  "safetensors_overlap",
  "safetensors_trailing",
  "dtype_unsupported",
] as const;
/** Why a file is not a sound safetensors file; `tensor` names the entry, null = the file as a whole. */
export type HeaderProblem = { code: (typeof HEADER_PROBLEM_CODES)[number]; message: string; tensor: string | null };
export type HeaderResult = { ok: true; header: SafetensorsHeader } | { ok: false; problem: HeaderProblem };

class Broken extends Error {
  constructor(
    readonly code: HeaderProblem["code"],
    message: string,
    readonly tensor: string | null = null,
  ) {
    super(message);
  }
}

const asResult = <T>(work: () => T): { ok: true; value: T } | { ok: false; problem: HeaderProblem } => {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { ok: false, problem: { code: error.code, message: error.message, tensor: error.tensor } };
  }
};

/**
 * How many bytes from the start of a file hold its header, length field included: read these, then parse.
 * @param first at least the first 8 bytes of the file (fewer only when the file is shorter)
 */
export function headerExtent(
  first: Uint8Array,
  fileSize: number,
): { ok: true; bytes: number } | { ok: false; problem: HeaderProblem } {
  const read = asResult(() => extentOf(first, fileSize));
  return read.ok ? { ok: true, bytes: read.value } : read;
}

/**
 * Reads and proves the header of a safetensors file: length, JSON without duplicate keys, text metadata, known dtypes,
 * sizes that follow from dtype and shape, and data without holes, overlaps or bytes beyond the last tensor.
 * JSON objects have no order, so entries are sorted by offset first, as the format's reference reader does.
 * Never throws.
 * @param bytes the file, or at least its first `headerExtent` bytes
 * @param fileSize size of the whole file in bytes
 */
export function parseSafetensorsHeader(bytes: Uint8Array, fileSize: number = bytes.byteLength): HeaderResult {
  const read = asResult(() => {
    const extent = extentOf(bytes, fileSize);
    const entries = parseEntries(bytes.subarray(LENGTH_BYTES, extent));
    const { __metadata__: metadata, ...named } = entries;
    const tensors = Object.entries(named).map(([name, entry]) => parseTensor(name, entry, extent));
    tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
    checkLayout(tensors, extent, fileSize);
    return { tensors, metadata: parseMetadata(metadata) };
  });
  return read.ok ? { ok: true, header: read.value } : read;
}

function extentOf(bytes: Uint8Array, fileSize: number): number {
  if (bytes.byteLength < LENGTH_BYTES || fileSize < LENGTH_BYTES)
    throw new Broken("safetensors_truncated", `The file has ${fileSize} bytes; the header's length alone takes 8.`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES))
    throw new Broken(
      "safetensors_header_too_large",
      `The header claims ${length} bytes; at most ${MAX_HEADER_BYTES} are read.`,
    );
  const extent = LENGTH_BYTES + Number(length);
  if (extent > fileSize)
    throw new Broken("safetensors_truncated", `The header claims to end at byte ${extent}, the file at ${fileSize}.`);
  return extent;
}

function parseEntries(json: Uint8Array): Record<string, unknown> {
  if (json[0] !== 0x7b) throw new Broken("safetensors_header", "The header does not start with {.");
  if (isBomb(json))
    throw new Broken("safetensors_too_many_tensors", `The header lists more than ${MAX_TENSORS} tensors.`);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(json);
    value = JSON.parse(text);
  } catch {
    throw new Broken("safetensors_header", "The header is not valid JSON in UTF-8.");
  }
  if (!isRecord(value)) throw new Broken("safetensors_header", "The header is not a JSON object.");
  const count = Object.keys(value).length;
  if (count > MAX_TENSORS)
    throw new Broken(
      "safetensors_too_many_tensors",
      `The header lists ${count} tensors; at most ${MAX_TENSORS} are read.`,
    );
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null)
    throw new Broken(
      "safetensors_duplicate_key",
      `The key ${JSON.stringify(duplicate)} appears twice in the header.`,
      duplicate,
    );
  return value;
}

/**
 * Whether the header would make the parser build more than an adapter can hold: more entries than MAX_TENSORS, or more
 * braces, brackets and commas than so many entries have. Counted before it runs, so that its time and memory are bounded.
 */
function isBomb(json: Uint8Array): boolean {
  let depth = 0;
  let entries = 0;
  let marks = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === 0x22) at = closingQuote(json, at);
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === 0x2c) {
      marks += 1;
      if (depth === 1) entries += 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      marks += 1;
      depth += 1;
    }
  }
  return entries > MAX_TENSORS || marks > MARKS_PER_TENSOR * MAX_TENSORS;
}

function closingQuote(json: Uint8Array, opening: number): number {
  for (let at = opening + 1; at < json.length; at += 1) {
    if (json[at] === 0x5c) at += 1;
    else if (json[at] === 0x22) return at;
  }
  return json.length;
}

const SHOWN_SIDES = 8;
/** `[16, 4096]`; a shape of absurdly many sides is cut. */
export const shapeText = (shape: readonly number[]): string =>
  `[${shape.slice(0, SHOWN_SIDES).join(", ")}${shape.length > SHOWN_SIDES ? ", …" : ""}]`;

function parseMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string"))
    throw new Broken("safetensors_header", "__metadata__ must map text to text.", "__metadata__");
  return metadata as Record<string, string>;
}

function parseTensor(name: string, entry: unknown, dataStart: number): Tensor {
  const fail = (message: string, code: HeaderProblem["code"] = "safetensors_header") => new Broken(code, message, name);
  if (!isRecord(entry)) throw fail("The entry is not an object.");
  const extra = Object.keys(entry).find((key) => key !== "dtype" && key !== "shape" && key !== "data_offsets");
  if (extra !== undefined) throw fail(`The entry has an unknown key ${JSON.stringify(extra)}.`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string") throw fail("dtype is not text.");
  if (!isDtype(dtype)) throw fail(`dtype ${JSON.stringify(dtype)} is not one of the format's.`, "dtype_unsupported");
  if (!isCounts(shape)) throw fail("shape is not a list of whole numbers.");
  if (!isCounts(offsets) || offsets.length !== 2) throw fail("data_offsets is not a pair of whole numbers.");
  const [begin = 0, end = 0] = offsets;
  const elements = shape.reduce((product, side) => product * side, 1);
  const bits = elements * DTYPE_BITS[dtype];
  if (!Number.isSafeInteger(bits) || bits % 8 !== 0 || end - begin !== bits / 8)
    throw fail(`${dtype} of shape ${shapeText(shape)} does not take ${end - begin} bytes.`, "safetensors_size");
  return { name, dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

function checkLayout(tensors: readonly Tensor[], dataStart: number, fileSize: number): void {
  let at = dataStart;
  for (const tensor of tensors) {
    if (tensor.begin < at)
      throw new Broken(
        "safetensors_overlap",
        `Its bytes start at ${tensor.begin}, inside another tensor.`,
        tensor.name,
      );
    if (tensor.begin > at)
      throw new Broken("safetensors_overlap", `${tensor.begin - at} bytes before it belong to no tensor.`, tensor.name);
    at = tensor.end;
  }
  if (at > fileSize)
    throw new Broken("safetensors_truncated", `The tensors end at byte ${at}, the file already at ${fileSize}.`);
  if (at < fileSize)
    throw new Broken("safetensors_trailing", `${fileSize - at} bytes after the last tensor belong to nothing.`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && side >= 0);

const isDtype = (dtype: string): dtype is SafetensorsDtype => Object.hasOwn(DTYPE_BITS, dtype);
