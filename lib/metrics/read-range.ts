import { invalidField } from "#lib/platform/errors.ts";

const DAY_MS = 86_400_000;

/**
 * The range a list is asked for; without one the last 24 hours.
 * @throws AppError `invalid` when it is empty or longer than `maxDays`
 */
export function readRange(
  query: { from?: string | undefined; to?: string | undefined },
  now: Date,
  maxDays = 31,
): { from: Date; to: Date } {
  // what arrives in this very millisecond belongs to it
  const to = query.to === undefined ? new Date(now.getTime() + 1) : new Date(query.to);
  const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from);
  if (from >= to)
    throw invalidField(
      "from",
      "empty_range",
      "The range is empty.",
      "Give a `from` that is before `to` and before now.",
    );
  if (to.getTime() - from.getTime() > maxDays * DAY_MS + 1)
    throw invalidField("from", "range_too_long", `The range is longer than ${maxDays} days.`, "Ask for a shorter one.");
  return { from, to };
}
