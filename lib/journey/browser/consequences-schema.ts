import * as z from "zod";
import { CONTROL_KINDS } from "#lib/fleet/browser/control-kinds.ts";
import { idOf, MeasurementSchema } from "#lib/http/schema.ts";

/** What may be asked about: every control, and putting a node back. */
export const CONSEQUENCE_ACTIONS = [...CONTROL_KINDS, "uncordon"] as const;
export type ConsequenceAction = (typeof CONSEQUENCE_ACTIONS)[number];

export const AskConsequences = z.strictObject({
  action: z.enum(CONSEQUENCE_ACTIONS),
  tenantId: idOf("ten").optional(),
  nodeId: idOf("node").optional(),
  /** Of a drain. */
  deadlineSeconds: z.number().int().min(0).max(86_400).optional(),
});
export type AskConsequences = z.output<typeof AskConsequences>;

/** Tenants by number, and the first of them by name. */
const NamedTenants = z.object({ count: z.number().int(), names: z.array(z.string()) });

/** What an action would do, before it is done. What nobody knows is said to be unknown. */
export const ConsequencesSchema = z.object({
  action: z.enum(CONSEQUENCE_ACTIONS),
  sentence: z.string(),
  /** One line each: what, as it is now, as it would be. */
  changes: z.array(z.object({ what: z.string(), from: z.string(), to: z.string() })),
  /** Tenants who would notice. */
  tenants: NamedTenants,
  /** Customers' requests of the last hour that would have gone another way. */
  requestsLastHour: MeasurementSchema,
  /** A forecast, in sentences; [] = no load moves. */
  predicted: z.array(z.string()),
  /** Tenants for whom nothing would answer. */
  withoutAnswer: NamedTenants,
  undo: z.string(),
  /** Why it cannot be done now; [] = it can. */
  blockers: z.array(z.object({ reason: z.string(), message: z.string(), fix: z.string() })),
});
export type Consequences = z.infer<typeof ConsequencesSchema>;
