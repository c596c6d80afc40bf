import { type AuditContent, auditHash, GENESIS_HASH } from "./audit-hash.ts";
import type { AuditProblem } from "./schema.ts";

/** A row of the trail as it is stored. */
export type AuditRow = AuditContent & { prevHash: string; hash: string };
/** How far a chain reaches: the number and hash of its newest entry. */
export type ChainEnd = { seq: number; hash: string };

export const CHAIN_START: ChainEnd = { seq: 0, hash: GENESIS_HASH };

/**
 * Checks the next rows of a chain: none is missing, each hash fits what the row says, each row points at the one before.
 * @param after where the rows before ended; `CHAIN_START` for the first @param rows by ascending seq
 * @returns how far the chain holds, and what is wrong with the first row that breaks it
 */
export function verifyAuditRows(
  after: ChainEnd,
  rows: readonly AuditRow[],
): { end: ChainEnd; problem: AuditProblem | null } {
  let end = after;
  for (const row of rows) {
    const problem = problemOf(end, row, rows);
    if (problem !== null) return { end, problem };
    end = { seq: row.seq, hash: row.hash };
  }
  return { end, problem: null };
}

function problemOf(before: ChainEnd, row: AuditRow, rows: readonly AuditRow[]): AuditProblem | null {
  const at = { seq: row.seq, entryId: row.id };
  const missing = before.seq + 1;
  if (row.seq > missing)
    return { kind: "missing", seq: missing, entryId: null, message: `Entry ${missing} is missing.` };
  if (row.seq < missing) return { kind: "repeated", ...at, message: `Entry ${row.seq} is there twice.` };
  const { prevHash, hash, ...content } = row;
  if (prevHash !== before.hash)
    return rows.some((other) => other.hash === prevHash)
      ? { kind: "reordered", ...at, message: `Entry ${row.seq} did not follow the one before it.` }
      : { kind: "broken_link", ...at, message: `Entry ${row.seq} or the one before it was rewritten.` };
  if (auditHash(prevHash, content) !== hash)
    return { kind: "altered", ...at, message: `Entry ${row.seq} no longer says what was recorded.` };
  return null;
}

/**
 * Compares where the rows end with the head that is kept apart from them. Whoever can rewrite every row and the head
 * leaves no trace in the catalog: keep a copy of the head elsewhere to notice that.
 * @param end of the rows @param head null = the chain has lost it
 */
export function verifyAuditHead({ seq, hash }: ChainEnd, head: ChainEnd | null): AuditProblem | null {
  if (head === null)
    return { kind: "head_missing", seq, entryId: null, message: "The chain's head is gone; entries may be missing." };
  if (seq < head.seq)
    return {
      kind: "truncated",
      seq: seq + 1,
      entryId: null,
      message: `The newest entries are missing: ${seq} of ${head.seq} are left.`,
    };
  if (seq > head.seq)
    return {
      kind: "surplus",
      seq: head.seq + 1,
      entryId: null,
      message: `Entry ${head.seq + 1} was added outside Switchyard.`,
    };
  if (hash !== head.hash)
    return { kind: "forged", seq, entryId: null, message: `Entry ${seq} was rewritten with a new hash.` };
  return null;
}
