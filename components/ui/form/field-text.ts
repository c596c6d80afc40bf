import { isSameValue } from "./same-value.ts";

/** How a value of the API is typed: its text, and the value of a text. */
export type FieldText<Value> = { read: (text: string) => Value; write: (value: Value) => string };

export const PLAIN: FieldText<string> = { read: (text) => text, write: (value) => value };

/** Spaces around it do not count. */
export const TRIMMED: FieldText<string> = { read: (text) => text.trim(), write: (value) => value };

/** Nothing typed is null. */
export const OPTIONAL: FieldText<string | null> = {
  read: (text) => text.trim() || null,
  write: (value) => value ?? "",
};

const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;
/** By thousands, with one kind of mark between them. */
const GROUPED = /^-?\d{1,3}(?:(?:,\d{3})+|(?:[\s_]\d{3})+)(?:\.\d+)?$/;
/** In half of the world 1.000 is a thousand: it is asked for again, as 1 would be saved without a word. */
const OTHERS_THOUSANDS = /^-?[1-9]\d{0,2}(\.\d{3})+$/;

/** "1,200" and "1 200" are 1200; "1,5", "1.000", "1e3", "$5" and "many" are no number, and NaN fits no schema. */
const numberIn = (text: string): number => {
  const typed = text.trim();
  if (OTHERS_THOUSANDS.test(typed)) return Number.NaN;
  if (PLAIN_NUMBER.test(typed)) return Number(typed);
  return GROUPED.test(typed) ? Number(typed.replaceAll(/[,\s_]/g, "")) : Number.NaN;
};

/** A number; nothing typed is none, never 0. */
export const NUMBER: FieldText<number> = {
  read: (text) => numberIn(text),
  write: (value) => (Number.isNaN(value) ? "" : String(value)),
};

/** A number that often has three decimals, such as a share or a price an hour: a dot is always a point. */
export const DECIMAL: FieldText<number> = {
  read: (text) => (PLAIN_NUMBER.test(text.trim()) ? Number(text.trim()) : Number.NaN),
  write: NUMBER.write,
};

/** A number, or nothing typed for null. */
export const OPTIONAL_NUMBER: FieldText<number | null> = {
  read: (text) => (text.trim() === "" ? null : NUMBER.read(text)),
  write: (value) => (value === null ? "" : NUMBER.write(value)),
};

const withoutDollar = (text: string): string => text.trim().replace(/^\$/, "");

/** An amount of money, with or without a dollar sign, or nothing typed for null. */
export const OPTIONAL_MONEY: FieldText<number | null> = {
  read: (text) => (text.trim() === "" ? null : NUMBER.read(withoutDollar(text))),
  write: OPTIONAL_NUMBER.write,
};
/** A price an hour, which often has three decimals. */
export const OPTIONAL_PRICE: FieldText<number | null> = {
  read: (text) => (text.trim() === "" ? null : DECIMAL.read(withoutDollar(text))),
  write: OPTIONAL_NUMBER.write,
};

/** What is null as long as nobody has typed anything: until then, a proposal stands there. */
export const PROPOSED_TEXT: FieldText<string | null> = { read: (text) => text, write: (value) => value ?? "" };
export const PROPOSED_NUMBER: FieldText<number | null> = { ...OPTIONAL_NUMBER, read: NUMBER.read };

/** Numbers with commas between them. */
export const NUMBERS: FieldText<number[]> = {
  read: (text) => (text.trim() === "" ? [] : text.split(",").map(NUMBER.read)),
  write: (values) => values.join(", "),
};

/** One a line, without the empty ones. */
export const LINES: FieldText<string[]> = {
  read: (text) => text.split("\n").flatMap((line) => line.trim() || []),
  write: (values) => values.join("\n"),
};

/** With commas between them; an entry may have spaces in it. */
export const COMMAS: FieldText<string[]> = {
  read: (text) => text.split(",").flatMap((entry) => entry.trim() || []),
  write: (values) => values.join(", "),
};

/** A list as JSON. What is none stays as it was typed, so that it fits no schema: see `whyNoList`. */
export const jsonList = <Item>(): FieldText<Item[]> => ({
  read: (text) => (text.trim() === "" ? [] : whyNoList(text) === null ? JSON.parse(text) : text),
  write: (value) => (typeof value === "string" ? value : value.length === 0 ? "" : JSON.stringify(value, null, 2)),
});

/** Why a text is no list in JSON; null = it is one, or a list already. */
export function whyNoList(value: unknown): string | null {
  if (typeof value !== "string") return null;
  try {
    return Array.isArray(JSON.parse(value)) ? null : "Not a JSON list. Write [{…}].";
  } catch (error) {
    return `Invalid JSON: ${error instanceof Error ? error.message : "unreadable"}.`;
  }
}

/** As people list them: by comma, semicolon or line. */
export const WORDS: FieldText<string[]> = {
  read: (text) => text.split(/[\s,;]+/).filter((one) => one !== ""),
  write: (values) => values.join(", "),
};

/** What a field shows: what was typed, as long as that is still its value; else the value's own text. */
export const shownText = <Value>({ read, write }: FieldText<Value>, typed: string, value: Value): string =>
  isSameValue(read(typed), value) ? typed : write(value);
