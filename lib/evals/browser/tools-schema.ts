import * as z from "zod";
import { IsoTime, idOf } from "#lib/http/schema.ts";
import { ToolSchema } from "./suite-schema.ts";

export const toolRoles = ["create", "lookup", "list", "update", "cancel", "send", "other"] as const;
/** What a tool is for, whatever it is about: by roles one template fits many tenants. */
export type ToolRole = (typeof toolRoles)[number];

export const PutTools = z.strictObject({
  /** As OpenAI's API takes them. */
  tools: z.array(ToolSchema).min(1).max(1000),
  /** Where the name of a tool does not tell what it is for. */
  roles: z.record(z.string().max(64), z.enum(toolRoles)).default({}),
});
export type PutTools = z.output<typeof PutTools>;

export const TenantToolsSchema = z.object({
  tenantId: idOf("ten"),
  /** Empty = none were given yet. */
  tools: z.array(ToolSchema),
  /** Of every tool, given or read from its name. */
  roles: z.record(z.string(), z.enum(toolRoles)),
  hash: z.string().nullable(),
  generation: z.number().int(),
  updatedAt: IsoTime.nullable(),
  /** null for customers. */
  updatedBy: z.string().nullable(),
  /** What suites over these tools can try, and what a tool would need for the rest. */
  categories: z.array(z.object({ id: z.string(), title: z.string(), isCovered: z.boolean(), needs: z.string() })),
});
export type TenantTools = z.infer<typeof TenantToolsSchema>;
