import type { Finding } from "../schema.ts";
import type { FileEntry } from "./file-set.ts";
import { error } from "./finding.ts";

/** Characters that print nothing, or turn what stands around them: control, format, bidi, zero-width, private, broken. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** A step out of the folder, an absolute path, another system's separator, or one of these in disguise. */
const ESCAPES = /(^|\/)\.{0,2}(\/|$)|\\|^[a-z]:|%(2e|2f|5c|00)/i;
/** What the file systems an adapter meets can hold, in bytes. */
const MAX_SEGMENT_BYTES = 255;
const MAX_PATH_BYTES = 1024;

/** Letters of other alphabets that look like a Latin one, and signs that look like the one of a known name. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  а: "a",
  ɑ: "a",
  α: "a",
  с: "c",
  ϲ: "c",
  ԁ: "d",
  е: "e",
  ɡ: "g",
  һ: "h",
  і: "i",
  ı: "i",
  ι: "i",
  ј: "j",
  κ: "k",
  к: "k",
  ӏ: "l",
  ո: "n",
  ν: "v",
  о: "o",
  ο: "o",
  օ: "o",
  р: "p",
  ρ: "p",
  г: "r",
  ѕ: "s",
  т: "t",
  τ: "t",
  υ: "u",
  х: "x",
  χ: "x",
  у: "y",
  γ: "y",
  ᴢ: "z",
  "‐": "_",
  "‑": "_",
  "–": "_",
  "—": "_",
  "-": "_",
  "․": ".",
  "。": ".",
};

/** A name as the eye takes it: case, accents, spaces and foreign letters of the same look taken away. */
const skeletonOf = (name: string): string =>
  [
    ...name
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[\p{M}\s]/gu, ""),
  ]
    .map((char) => LOOKALIKES[char] ?? char)
    .join("");

/**
 * What is wrong with a file's path as such, or null. Names that are merely unknown are left to the caller.
 * @param known names of the files a version may hold
 */
export function nameFinding({ path }: FileEntry, known: readonly string[]): Finding | null {
  if (known.includes(path)) return null;
  const fix = "Rename the file, or leave it out of the folder.";
  if (HIDDEN.test(path))
    return error({
      code: "file_name_hidden",
      title: "A file name holds characters that cannot be seen",
      message: "Two names that look the same would be two files, or a name would read backwards.",
      fix,
      field: path,
      evidence: { characters: hiddenIn(path) },
    });
  if (ESCAPES.test(path))
    return error({
      code: "file_name_path",
      title: "A file name leads out of the folder",
      message: "Only plain names inside the adapter's folder are taken.",
      fix,
      field: path,
    });
  if (isTooLong(path))
    return error({
      code: "file_name_too_long",
      title: "A file name is too long",
      message: `A name may take ${MAX_SEGMENT_BYTES} bytes, a whole path ${MAX_PATH_BYTES}.`,
      fix,
      field: path,
    });
  const meant = path.includes("/") ? undefined : known.find((name) => name === skeletonOf(path));
  if (meant === undefined) return null;
  return error({
    code: "file_name_lookalike",
    title: `A file is almost called ${meant}`,
    message: `It looks like ${meant} but is another name, so no node would read it.`,
    fix: `Name it ${meant} if it is the adapter's; else leave it out.`,
    field: path,
  });
}

const hiddenIn = (path: string): string =>
  [...new Set(path.match(new RegExp(HIDDEN, "gu")))]
    .slice(0, 5)
    .map((char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`)
    .join(", ");

function isTooLong(path: string): boolean {
  const bytes = (text: string) => new TextEncoder().encode(text).byteLength;
  return bytes(path) > MAX_PATH_BYTES || path.split("/").some((segment) => bytes(segment) > MAX_SEGMENT_BYTES);
}
