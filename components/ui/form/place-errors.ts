import type { FieldProblem } from "#lib/platform/errors.ts";
import { errorText } from "../field-error.ts";

/** The API's name of what a field holds, such as `target.maxLoras`, and the field of the form that shows its errors. */
export type Places = ReadonlyMap<string, string>;

/** A field says no more than this of its entries at once, in characters. */
const LONGEST = 600;

/** The path of the field that shows an error: that of the path itself, or of what the path lies in. */
const shownPath = (places: Places, path: string): string | undefined => {
  const end = path.lastIndexOf(".");
  if (places.has(path) || end === -1) return places.has(path) ? path : undefined;
  return shownPath(places, path.slice(0, end));
};

/** Which entry of a field that holds many an error is about: "Entry 4", "Entry 4 function.name"; null = about the field. */
function entryOf(path: string, shown: string): string | null {
  const [, index, rest] = /^\.(\d+)(?:\.(.+))?$/.exec(path.slice(shown.length)) ?? [];
  return index === undefined ? null : `Entry ${Number(index) + 1}${rest === undefined ? "" : ` ${rest}`}`;
}

/** An error of an entry names the entry, as the field's label does not. */
function textOf(error: FieldProblem, entry: string | null): string {
  const text = errorText(error);
  if (entry === null) return text;
  return `${entry}: ${error.message.startsWith(error.field) ? text.charAt(0).toLowerCase() + text.slice(1) : text}`;
}

/**
 * What each field of a form has to say; `isComplete` = no error is without a field.
 * @param hasAll false = of a field that holds one value, the first error only
 */
export function placeErrors(
  errors: readonly FieldProblem[],
  places: Places,
  hasAll = false,
): { placed: ReadonlyMap<string, string>; isComplete: boolean } {
  const placed = new Map<string, string>();
  let isComplete = errors.length > 0;
  for (const error of errors) {
    const path = shownPath(places, error.field);
    const field = path === undefined ? undefined : places.get(path);
    if (path === undefined || field === undefined) {
      isComplete = false;
      continue;
    }
    const entry = entryOf(error.field, path);
    const before = placed.get(field);
    if (before === undefined) placed.set(field, textOf(error, entry));
    else if ((entry !== null || hasAll) && before.length < LONGEST)
      placed.set(field, `${before} ${textOf(error, entry)}`);
  }
  return { placed, isComplete };
}
