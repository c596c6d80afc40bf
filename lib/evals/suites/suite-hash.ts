import { createHash } from "node:crypto";
import type { EvalCase } from "../eval-case.ts";
import type { StoredCase } from "../stored-sample.ts";
import { hashSuite } from "./hash-suite.ts";

/** A suite's identity, as `EvalSuite.hash` keeps it. */
export const hashOf = (cases: readonly EvalCase[]): string =>
  hashSuite(cases, (text) => createHash("sha256").update(text).digest("hex"));

/** The same of stored cases: ids of rows are no part of it. */
export const hashOfStored = (cases: readonly StoredCase[]): string =>
  hashOf(cases.map(({ caseId: _row, ...evalCase }) => evalCase));
