import type { FieldProblem } from "#lib/platform/errors.ts";
import { errorText } from "../field-error.ts";

/** The API's name of what a field holds, such as `target.maxLoras`, and the field of the form that shows its errors. */
export type Places = ReadonlyMap<string, string>;

/** The field that shows an error: that of the path itself, or of what the path lies in. */
const placeOf = (places: Places, path: string): string | undefined => {
  const place = places.get(path);
  if (place !== undefined) return place;
  const end = path.lastIndexOf(".");
  return end === -1 ? undefined : placeOf(places, path.slice(0, end));
};

/** What each field of a form has to say, the first error of each; `isComplete` = no error is without a field. */
export function placeErrors(
  errors: readonly FieldProblem[],
  places: Places,
): { placed: ReadonlyMap<string, string>; isComplete: boolean } {
  const placed = new Map<string, string>();
  let isComplete = errors.length > 0;
  for (const error of errors) {
    const field = placeOf(places, error.field);
    if (field === undefined) isComplete = false;
    else if (!placed.has(field)) placed.set(field, errorText(error));
  }
  return { placed, isComplete };
}
