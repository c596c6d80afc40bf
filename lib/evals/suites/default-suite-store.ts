import type { Tx } from "#lib/platform/db.ts";
import { defaultPolicy } from "../gate-policy.ts";

export type DefaultSuite = {
  tenantId: string;
  id: string;
  name: string;
  revision: number;
  caseCount: number;
  heldOut: number;
};

/** The suite a gate takes where none is named, of each tenant: the newest that is long enough, else the newest. */
export const defaultSuites = (tx: Tx, tenantIds: readonly string[]): Promise<DefaultSuite[]> =>
  tx.client.$queryRaw<DefaultSuite[]>`
    SELECT DISTINCT ON ("tenantId") "tenantId", "id", "name", "revision", "caseCount", "heldOut" FROM "EvalSuite"
    WHERE "tenantId" = ANY(${[...tenantIds]})
    ORDER BY "tenantId", "caseCount" >= ${defaultPolicy.promptsMin} DESC, "id" DESC`;
