import * as z from "zod";

/** What kind of thing changed. */
export const CHANGE_GROUPS = ["fleet", "release", "control", "alert", "catalog", "access", "settings"] as const;
export type ChangeGroup = (typeof CHANGE_GROUPS)[number];

/** One field of what changed, as short text; null = there was none. */
const ChangedFieldSchema = z.object({
  field: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

export const ChangeSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  group: z.enum(CHANGE_GROUPS),
  /** A whole line of what was seen; null = `action` says what was done. */
  title: z.string().nullable(),
  /** As in the audit trail, such as `pool.update`; null = nobody did it, it happened. */
  action: z.string().nullable(),
  outcome: z.enum(["ok", "failed"]),
  /** Who did it; null = it happened. */
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  tenantId: z.string().nullable(),
  nodeId: z.string().nullable(),
  /** What it was about, by its own id. */
  objectId: z.string().nullable(),
  /** What it is called where the catalog still has it. */
  objectName: z.string().nullable(),
  diff: z.array(ChangedFieldSchema),
});
export type Change = z.infer<typeof ChangeSchema>;

export const ChangesQuery = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  /** What changed before this moment. */
  to: z.iso.datetime({ offset: true }).optional(),
  group: z.enum(CHANGE_GROUPS).optional(),
  poolId: z.string().max(64).optional(),
  nodeId: z.string().max(64).optional(),
  tenantId: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(300).optional(),
});
export type ChangesQuery = z.infer<typeof ChangesQuery>;

export const ChangesPage = z.object({ items: z.array(ChangeSchema), nextCursor: z.string().nullable() });
