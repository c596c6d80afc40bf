import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";

const Percent = z.number().int().min(0).max(100);

/** What else than the live version gets requests; leaving something out sets it to nothing. */
export const PutTraffic = z.strictObject({
  candidateVersionId: idOf("ver").nullable().default(null),
  /** Of the conversations; each stays with what it was given. */
  weightPercent: Percent.default(0),
  mirrorVersionId: idOf("ver").nullable().default(null),
  /** Of the requests, a copy of each; the replies are thrown away. */
  mirrorPercent: Percent.default(0),
  /** Gives customers' conversations to a version without a passed gate. Kept in the audit trail. */
  overrideReason: z.string().trim().min(10).max(500).optional(),
  /** The tenant's slug, typed by the only platform admin to set aside a run of their own. */
  confirmTenant: z.string().max(63).optional(),
});
export type PutTraffic = z.output<typeof PutTraffic>;
