import { lengthField } from "./hostile-folder.ts";

/** Pieces that a header does not expect where they land. */
const PIECES = [
  ...[
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    ",",
    "\\",
    "\0",
    "\uFEFF",
    "\u202E",
    " ",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "1.5",
  ],
  ...["9007199254740993", "18446744073709551615", "[[[[[[[[", '"__proto__":', '"__metadata__":{"a":1},', '"\\ud800"'],
  ...['"data_offsets":[0,0],', '"shape":[],', '"dtype":"F32"', '"BF16"', '"I8"', ".lora_A.weight", ".lora_B.weight"],
  ...[
    "base_model.model.",
    "layers.99",
    "modules_to_save",
    "\u0430",
    '"x":{"dtype":"BF16","shape":[0],"data_offsets":[0,0]},',
  ],
];

type Random = () => number;
const below = (random: Random, most: number): number => Math.floor(random() * most);
const pick = <Item>(random: Random, items: readonly Item[], otherwise: Item): Item =>
  items[below(random, items.length)] ?? otherwise;

/** One change to a header: of its entries or, in its text, of a character, a number, a quoted word, or of a whole stretch. */
const CHANGES: readonly ((json: string, random: Random) => string)[] = [
  ...Array.from({ length: 8 }, () => (json: string, random: Random) => restructured(json, random)),
  (json, random) => spliced(json, below(random, json.length), below(random, 3), pick(random, PIECES, "")),
  (json, random) => spliced(json, below(random, json.length), below(random, 200), ""),
  (json, random) => {
    const at = below(random, json.length);
    return spliced(json, below(random, json.length), 0, json.slice(at, at + below(random, 200)));
  },
  (json, random) =>
    replacedOne(json, random, /\d+/g, () => String(below(random, 10) === 0 ? random() * 1e20 : below(random, 9000))),
  (json, random) => replacedOne(json, random, /"[^"]*"/g, () => pick(random, PIECES, '""')),
  (json, random) =>
    replacedOne(json, random, /"base_model[^"]*"/g, (name) =>
      replacedOne(name, random, /\w+/g, () => pick(random, ["x", "lora_A", "7", "mlp", "q_proj"], "x")),
    ),
];

type Entry = { dtype: string; shape: number[]; data_offsets: [number, number] };
/** Changes that keep the header JSON, so that the rules behind the parser are reached. */
const ENTRY_CHANGES: readonly ((entry: Entry, other: Entry, random: Random) => Partial<Entry>)[] = [
  ({ shape }) => ({ shape: shape.toReversed() }),
  ({ shape }) => ({ shape: [shape.reduce((product, side) => product * side, 1)] }),
  ({ shape: [rows = 1, columns = 1] }) => ({ shape: [rows / 2, columns * 2] }),
  ({ shape }) => ({ shape: [1, ...shape] }),
  (_entry, { data_offsets }) => ({ data_offsets }),
  ({ data_offsets: [begin, end] }) => ({ data_offsets: [begin, end + 4096] }),
  ({ data_offsets: [begin, end] }) => ({ data_offsets: [begin + 2, end + 2] }),
  (_entry, _other, random) => ({ dtype: pick(random, ["F16", "F32", "I16", "U16", "F8_E4M3", "BOOL", "X"], "F16") }),
];

function restructured(json: string, random: Random): string {
  let header: Record<string, Entry>;
  try {
    header = JSON.parse(json);
  } catch {
    return json; // an earlier change broke it
  }
  const names = Object.keys(header).filter((name) => Array.isArray(header[name]?.shape));
  const [name = "", other = ""] = [pick(random, names, ""), pick(random, names, "")];
  const [entry, second] = [header[name], header[other]];
  if (entry === undefined || second === undefined) return json;
  const { [name]: _taken, ...rest } = header;
  switch (below(random, 4)) {
    case 0:
      return JSON.stringify({ ...rest, [name]: entry }); // the order of a JSON object says nothing
    case 1:
      return JSON.stringify({ ...rest, [`${name}.${pick(random, ["x", "weight", "default"], "x")}`]: entry });
    case 2:
      return JSON.stringify(rest);
    default:
      return JSON.stringify({
        ...header,
        [name]: { ...entry, ...pick(random, ENTRY_CHANGES, () => ({}))(entry, second, random) },
      });
  }
}

const spliced = (json: string, at: number, removed: number, put: string): string =>
  json.slice(0, at) + put + json.slice(at + removed);

function replacedOne(json: string, random: Random, pattern: RegExp, put: (found: string) => string): string {
  const found = [...json.matchAll(pattern)];
  const match = found[below(random, found.length)];
  return match === undefined ? json : spliced(json, match.index, match[0].length, put(match[0]));
}

/**
 * A weights file whose header was changed in one to four places; now and then its length field or its data too.
 * @param random equal sequences give equal files
 */
export function mutateWeights(good: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const length = Number(new DataView(good.buffer, good.byteOffset, 8).getBigUint64(0, true));
  let json = new TextDecoder().decode(good.subarray(8, 8 + length));
  for (let left = 1 + below(random, 4); left > 0; left -= 1) json = pick(random, CHANGES, (same) => same)(json, random);
  const header = new TextEncoder().encode(json);
  const claimed = below(random, 20) === 0 ? BigInt(below(random, 2 * header.byteLength)) : BigInt(header.byteLength);
  const data = good.subarray(8 + length);
  const kept = below(random, 20) === 0 ? data.subarray(0, below(random, data.byteLength)) : data;
  const file = new Uint8Array(8 + header.byteLength + kept.byteLength);
  file.set(lengthField(claimed));
  file.set(header, 8);
  file.set(kept, 8 + header.byteLength);
  return file;
}
