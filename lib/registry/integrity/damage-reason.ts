import type { Damage } from "../artifacts/verify-digest.ts";

/** Enough of a digest to tell it from another by eye. */
const shown = (value: string): string => (/^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : value);

/** What is said of a quarantined version: what was found wrong in its directory, in one line. */
export function damageReason({ message, expected, found, problem }: Damage): string {
  if (problem !== "changed" || expected === null || found === null) return message;
  return `${message} Expected ${shown(expected)}, found ${shown(found)}.`;
}
