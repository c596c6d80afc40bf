import * as z from "zod";
import { IsoTime, idOf, PageQuery } from "#lib/http/schema.ts";
import { CONTROL_KINDS, CONTROL_MINUTES } from "./control-kinds.ts";

const Minutes = z.number().int().min(CONTROL_MINUTES.min).max(CONTROL_MINUTES.max).default(CONTROL_MINUTES.default);

export const StartControl = z.strictObject({
  kind: z.enum(CONTROL_KINDS),
  /** Of the three kinds that are set on a tenant. */
  tenantId: idOf("ten").optional(),
  /** Of cordon and drain. */
  nodeId: idOf("node").optional(),
  /** Shown to everybody for as long as it is in force. */
  reason: z.string().trim().min(3).max(500),
  /** It ends by itself after these, unless it is renewed. */
  minutes: Minutes,
  /** Of a drain: how long what runs may take; 0 = none of it is waited for. */
  deadlineSeconds: z.number().int().min(0).max(3_600).optional(),
});
export type StartControl = z.output<typeof StartControl>;

/** `minutes` count from now. */
export const RenewControl = z.strictObject({ minutes: Minutes });
export const RevertControl = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });

export const ControlSchema = z.object({
  id: idOf("ctl"),
  kind: z.enum(CONTROL_KINDS),
  /** Such as "Shed Globex". */
  title: z.string(),
  tenantId: z.string().nullable(),
  tenantName: z.string().nullable(),
  nodeId: z.string().nullable(),
  nodeName: z.string().nullable(),
  reason: z.string(),
  /** In force: neither ended nor past `expiresAt`. */
  active: z.boolean(),
  startedBy: z.string(),
  startedAt: IsoTime,
  expiresAt: IsoTime,
  renewedBy: z.string().nullable(),
  renewedAt: IsoTime.nullable(),
  endedAt: IsoTime.nullable(),
  /** null with `endedAt` = its time was up. */
  endedBy: z.string().nullable(),
  endReason: z.string().nullable(),
});
export type Control = z.infer<typeof ControlSchema>;

export const ControlsQuery = PageQuery.extend({
  /** true = only those in force; false = only those that are over. */
  active: z.enum(["true", "false"]).optional(),
  tenantId: idOf("ten").optional(),
  nodeId: idOf("node").optional(),
});

/** null = cutovers and evals go on. */
export const FreezeSchema = z.object({ freeze: ControlSchema.nullable() });
