import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { EvalCase } from "../eval-case.ts";
import type { StoredCase } from "../stored-sample.ts";

/**
 * A suite's identity, as `EvalSuite.hash` keeps it: SHA-256 of its canonical JSON (RFC 8785), so neither key order nor
 * spacing counts, but the order of the cases and every matcher does.
 */
export function hashOf(cases: readonly EvalCase[]): string {
  const text = canonicalize(cases);
  if (text === undefined) throw new TypeError("a suite has a canonical text");
  return createHash("sha256").update(text).digest("hex");
}

/** The same of stored cases: ids of rows are no part of it. */
export const hashOfStored = (cases: readonly StoredCase[]): string =>
  hashOf(cases.map(({ caseId: _row, ...evalCase }) => evalCase));
