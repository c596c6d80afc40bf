import * as z from "zod";
import { IsoTime, idOf, pageOf } from "#lib/http/schema.ts";

/** Segments of a key as we read them: nothing that a file system or a URL would take for something else. */
export const Prefix = z
  .string()
  .trim()
  .max(500)
  .regex(/^(?!\/)(?!.*\/\/)[^\\]*$/, "leave out a slash at the start, empty parts, backslashes and control characters")
  // its own rule: in the pattern, other languages could not read the class
  .refine((value) => !/\p{Cc}/u.test(value), "leave out control characters")
  .refine(
    (value) => !value.split("/").some((part) => part === "." || part === ".."),
    "leave out parts that are . or ..",
  );

/** A bucket of an S3-compatible store that adapters are taken from; its secret never leaves the server. */
export const ImportSourceSchema = z.object({
  id: idOf("src"),
  name: z.string(),
  endpoint: z.string(),
  region: z.string(),
  bucket: z.string(),
  /** Only what lies below it is ever read; "" = the whole bucket. */
  prefix: z.string(),
  accessKeyId: z.string(),
  generation: z.number().int(),
  createdAt: IsoTime,
  lastUsedAt: IsoTime.nullable(),
});
export type ImportSource = z.infer<typeof ImportSourceSchema>;
export const ImportSourcePage = pageOf(ImportSourceSchema);

export const CreateImportSource = z.strictObject({
  name: z.string().trim().min(1).max(80),
  /** Such as https://s3.eu-central-1.amazonaws.com or http://10.0.0.9:9000; the bucket is not part of it. */
  endpoint: z.string().trim().min(1).max(300),
  region: z
    .string()
    .trim()
    .regex(/^[a-z0-9-]{1,40}$/, "use 1 to 40 small letters, digits and dashes"),
  bucket: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "use 3 to 63 small letters, digits, dots and dashes"),
  prefix: Prefix.default(""),
  accessKeyId: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{1,128}$/, "use plain text without spaces"),
  secretAccessKey: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{1,256}$/, "use plain text without spaces"),
});
export type CreateImportSource = z.output<typeof CreateImportSource>;

/** Without a secret the old one stays, which needs the same endpoint and access key. */
export const UpdateImportSource = CreateImportSource.extend({ prefix: Prefix }).partial();
export type UpdateImportSource = z.output<typeof UpdateImportSource>;

/** What a try came to: an expected "no" is an answer. */
export const SourceTestSchema = z.object({
  ok: z.boolean(),
  message: z.string(),
  fix: z.string().nullable(),
  /** Folders right below the prefix, the first of them. */
  folders: z.array(z.string()),
});
export type SourceTest = z.infer<typeof SourceTestSchema>;

export const ImportFromBucket = z.strictObject({
  sourceId: idOf("src"),
  /** The adapter's folder, below the source's prefix. */
  path: Prefix.min(1),
  origin: z
    .strictObject({
      note: z.string().trim().max(500).optional(),
      source: z.string().trim().max(500).optional(),
    })
    .optional(),
});
export type ImportFromBucket = z.output<typeof ImportFromBucket>;
