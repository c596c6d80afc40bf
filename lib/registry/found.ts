import { notFound } from "#lib/platform/errors.ts";

/** @throws AppError `not_found` for a null, which is also what another tenant's object reads as */
export function found<T>(what: string, value: T | null): T {
  if (value === null) throw notFound(what);
  return value;
}
