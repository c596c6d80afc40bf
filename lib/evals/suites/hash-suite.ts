import canonicalize from "canonicalize";
import type { EvalCase } from "../eval-case.ts";

/**
 * The identity of a suite: digest of its canonical JSON (RFC 8785), so neither key order nor spacing counts, but the
 * order of the cases and every matcher does.
 *
 * @param digest such as `(text) => createHash("sha256").update(text).digest("hex")`; passed in, as this file is pure
 */
export function hashSuite(cases: readonly EvalCase[], digest: (text: string) => string): string {
  const text = canonicalize(cases);
  if (text === undefined) throw new TypeError("a suite has a canonical text");
  return digest(text);
}
