import { notFound } from "#lib/platform/errors.ts";
import type { Ctx } from "./ctx.ts";
import type { AuditVerification } from "./schema.ts";
import { readAuditHead, readAuditRows } from "./store.ts";
import { CHAIN_START, verifyAuditHead, verifyAuditRows } from "./verify-audit-chain.ts";

const ROWS_AT_A_TIME = 500;

/**
 * Reads a chain from its start to the head it has now, and says whether anything was changed since it was written.
 * @param chain a tenant's id, or "platform" @throws AppError `not_found`
 */
export async function verifyStoredChain(ctx: Ctx, chain: string): Promise<AuditVerification> {
  const { head, lastSeq } = await readAuditHead(ctx.tx, chain);
  if (head === null && lastSeq === null) throw notFound("audit chain");
  let end = CHAIN_START;
  for (;;) {
    const rows = await readAuditRows(ctx.tx, { chain, after: end.seq, upTo: lastSeq ?? 0, limit: ROWS_AT_A_TIME });
    if (rows.length === 0) break;
    const checked = verifyAuditRows(end, rows);
    end = checked.end;
    if (checked.problem) return { chain, checked: end.seq, ok: false, problem: checked.problem };
  }
  const problem = verifyAuditHead(end, head);
  return { chain, checked: end.seq, ok: problem === null, problem };
}
