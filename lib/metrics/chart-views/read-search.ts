import { invalidField } from "#lib/platform/errors.ts";
import { VIEW_KEYS } from "../browser/chart-view-schema.ts";

const isKey = (key: string): boolean => (VIEW_KEYS as readonly string[]).includes(key);

/**
 * A view's search as the charts page takes it, in one order, without what is empty.
 * @throws AppError `invalid` naming search, when it holds what that page does not know
 */
export function readSearch(given: string): string {
  const params = new URLSearchParams(given);
  const unknown = [...params.keys()].find((key) => !isKey(key));
  if (unknown !== undefined)
    throw invalidField(
      "search",
      "unknown_parameter",
      `The charts page has no parameter "${unknown.slice(0, 40)}".`,
      `Give the query string of its address: ${VIEW_KEYS.join(", ")}.`,
    );
  const kept = VIEW_KEYS.flatMap((key): [string, string][] => {
    const value = params.get(key);
    return value === null || value === "" ? [] : [[key, value]];
  });
  return new URLSearchParams(kept).toString();
}
