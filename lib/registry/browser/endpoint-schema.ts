import * as z from "zod";
import { IsoTime, idOf, PageQuery, pageOf } from "#lib/http/schema.ts";

/** What uses an endpoint, and so stands against its removal. */
export const EndpointUseSchema = z.object({
  /** origin = an adapter's route starts there, or started there; the other two fall back to it. */
  kind: z.enum(["origin", "tenant", "pool"]),
  /** Of the adapter, tenant or pool. */
  id: z.string(),
  /** Such as "acme/support-bot" for an adapter. */
  name: z.string(),
});
export type EndpointUse = z.infer<typeof EndpointUseSchema>;

/** An OpenAI-compatible service of somebody else; its key never leaves the server. */
export const EndpointSchema = z.object({
  id: idOf("end"),
  /** The only tenant it may answer for; null = any. */
  tenantId: z.string().nullable(),
  tenantName: z.string().nullable(),
  /** Replies that it gave bear it in a header. */
  name: z.string(),
  /** `/chat/completions` follows it. */
  baseUrl: z.string(),
  /** The model it is asked for; null = what the customer sent. */
  model: z.string().nullable(),
  hasKey: z.boolean(),
  /** What it takes its owner today, for what moving in frees; null = nobody said. */
  gpus: z.number().nullable(),
  /** In US dollars. */
  costPerMonth: z.number().nullable(),
  usedBy: z.array(EndpointUseSchema),
  generation: z.number().int(),
  createdAt: IsoTime,
});
export type Endpoint = z.infer<typeof EndpointSchema>;
export const EndpointPage = pageOf(EndpointSchema);

export const EndpointsQuery = PageQuery.extend({
  /** Those that may answer for this tenant: its own, and everybody's. */
  tenantId: idOf("ten").optional(),
});

/** It becomes a header's value. */
const Name = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[\x20-\x7e]*$/, "use plain letters, digits, spaces and signs only: replies name it in a header");
const Key = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,500}$/, "use plain text without spaces");
const Model = z.string().trim().min(1).max(200);

export const CreateEndpoint = z.strictObject({
  name: Name,
  /** Up to what `/chat/completions` follows, such as https://models.example.com/v1. */
  baseUrl: z.string().trim().min(1).max(300),
  tenantId: idOf("ten").nullable().default(null),
  model: Model.nullable().default(null),
  apiKey: Key.optional(),
  gpus: z.number().min(0).max(100_000).nullable().default(null),
  /** In US dollars. */
  costPerMonth: z.number().min(0).max(1_000_000_000).nullable().default(null),
});
export type CreateEndpoint = z.output<typeof CreateEndpoint>;

/** Without a key the old one stays, which needs the same base URL; null takes it away. */
export const UpdateEndpoint = z.strictObject({
  name: Name.optional(),
  baseUrl: CreateEndpoint.shape.baseUrl.optional(),
  model: Model.nullable().optional(),
  apiKey: Key.nullable().optional(),
  gpus: z.number().min(0).max(100_000).nullable().optional(),
  costPerMonth: z.number().min(0).max(1_000_000_000).nullable().optional(),
});
export type UpdateEndpoint = z.output<typeof UpdateEndpoint>;

/** What a try came to: an expected "no" is an answer. */
export const EndpointTestSchema = z.object({
  ok: z.boolean(),
  message: z.string(),
  fix: z.string().nullable(),
  /** What one small chat was answered with; null = nothing came back. */
  status: z.number().int().nullable(),
  /** From sending that chat to the end of its reply. */
  latencyMs: z.number().int().nullable(),
  /** Models that it lists, the first of them; null = it does not tell. */
  models: z.array(z.string()).nullable(),
  checkedAt: IsoTime,
});
export type EndpointTest = z.infer<typeof EndpointTestSchema>;
