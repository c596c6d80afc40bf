/** What the first bytes of a file say it is. */
export type FileFormat = { kind: "pickle" | "archive" | "lfs" | "other"; name: string };

/** How many bytes `formatOf` wants to see; a tar names itself at byte 257. */
export const FORMAT_BYTES = 512;

/** `bytes` as Latin-1 text; `next` tells apart what begins like the length of a header by chance. */
type Signature = { at?: number; bytes: string; next?: RegExp } & FileFormat;
const SIGNATURES: readonly Signature[] = [
  { bytes: "version https://git-lfs", kind: "lfs", name: "a Git LFS pointer" },
  { bytes: "PK\x03\x04", kind: "archive", name: "a zip archive, as torch.save writes" },
  { bytes: "PK\x05\x06", kind: "archive", name: "an empty zip archive" },
  { bytes: "\x1f\x8b", kind: "archive", name: "a gzip archive" },
  { bytes: "BZh", kind: "archive", name: "a bzip2 archive" },
  { bytes: "\xfd7zXZ\x00", kind: "archive", name: "an xz archive" },
  { bytes: "\x28\xb5\x2f\xfd", kind: "archive", name: "a zstd archive" },
  { bytes: "7z\xbc\xaf\x27\x1c", kind: "archive", name: "a 7z archive" },
  { bytes: "Rar!", kind: "archive", name: "a rar archive" },
  { at: 257, bytes: "ustar", kind: "archive", name: "a tar archive" },
  { bytes: "GGUF", kind: "other", name: "a GGUF model" },
  { bytes: "\x89HDF\r\n", kind: "other", name: "an HDF5 file" },
  { bytes: "\x93NUMPY", kind: "other", name: "a NumPy array" },
  { bytes: "\x7fELF", kind: "other", name: "a program" },
  { bytes: "MZ", kind: "other", name: "a program" },
  { bytes: "#!", kind: "other", name: "a script" },
  { bytes: "%PDF", kind: "other", name: "a PDF" },
  { bytes: "<", next: /[!?a-z]/i, kind: "other", name: "a web page or XML, such as an error message saved as a file" },
  { bytes: "{", next: /[\s"}]/, kind: "other", name: "a JSON file" },
];

/** An older pickle: it begins with a global (module, name) or a mark. */
const OLD_PICKLE = /^(?:c[\w.]+\n\w+\n|\((?:lp|dp|i)\d?)/;
/** Protocols 2 to 5 begin with a byte that says so, and their number. */
const isPickle = (first: Uint8Array, text: string): boolean =>
  (first[0] === 0x80 && [2, 3, 4, 5].includes(first[1] ?? 0) && first[2] !== 0) || OLD_PICKLE.test(text);

/** Names a file by its first bytes; null = nothing known. Safetensors have no signature: try their header first. */
export function formatOf(first: Uint8Array): FileFormat | null {
  const text = String.fromCharCode(...first.subarray(0, FORMAT_BYTES));
  if (isPickle(first, text)) return { kind: "pickle", name: "a Python pickle" };
  const found = SIGNATURES.find(
    ({ at = 0, bytes, next }) => text.startsWith(bytes, at) && (next?.test(text.charAt(at + bytes.length)) ?? true),
  );
  return found === undefined ? null : { kind: found.kind, name: found.name };
}
