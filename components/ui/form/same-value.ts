/** One text for equal values; unlike in JSON, what is no number is not the same as nothing. */
const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_key, part: unknown) => (Number.isNaN(part) ? "NaN" : part));

export const isSameValue = (one: unknown, other: unknown): boolean => textOf(one) === textOf(other);
