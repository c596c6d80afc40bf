import * as z from "zod";

/** One thing that stands against deleting a version, and where it can be undone. */
export const DeletionBlockerSchema = z.object({
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  /** A page of the console; null = there is nothing to open. */
  href: z.string().nullable(),
});
export type DeletionBlocker = z.infer<typeof DeletionBlockerSchema>;

/** What deleting a version would do. */
export const DeletionSchema = z.object({
  versionId: z.string(),
  /** What has to be typed: `<tenant>/<adapter> v<N>`. */
  typedName: z.string(),
  canDelete: z.boolean(),
  blockers: z.array(DeletionBlockerSchema),
  files: z.number().int(),
  bytes: z.number().int(),
  /** Its directory below the adapter store; null = it has none. */
  directory: z.string().nullable(),
  /** Whether its bytes go with it. */
  bytesGo: z.boolean(),
  /** Other versions of the tenant that have the same bytes, such as "support-bot v3". */
  sharedWith: z.array(z.string()),
});
export type Deletion = z.infer<typeof DeletionSchema>;

export const DeleteVersion = z.strictObject({
  /** `<tenant>/<adapter> v<N>`, exactly. */
  confirm: z.string().max(200),
});
