import * as z from "zod";
import { INCIDENT_STATES } from "#lib/alerting/browser/incident-states.ts";
import { IsoTime, idOf, MeasurementSchema, PageQuery, pageOf } from "#lib/http/schema.ts";
import { INCIDENT_EVENT_KINDS, INCIDENT_SEVERITIES, INCIDENT_STATUSES } from "./incident-kinds.ts";

const NamedTenant = z.object({ id: idOf("ten"), name: z.string() });

export const IncidentSchema = z.object({
  id: idOf("inc"),
  title: z.string(),
  severity: z.enum(INCIDENT_SEVERITIES),
  state: z.enum(INCIDENT_STATES),
  /** What is the matter, since when, and who is about it, in one sentence. */
  sentence: z.string(),
  startedAt: IsoTime,
  /** null = it goes on. */
  endedAt: IsoTime.nullable(),
  /** Only requests of its adapters count; null = of every pool. */
  pool: z.object({ id: idOf("pool"), name: z.string() }).nullable(),
  /** Whom it is about; none = everyone whose requests were hit. */
  tenants: z.array(NamedTenant),
  createdAt: IsoTime,
  createdBy: z.string(),
  heldBy: z.string().nullable(),
  heldAt: IsoTime.nullable(),
  dismissReason: z.string().nullable(),
  closedAt: IsoTime.nullable(),
  generation: z.number().int(),
});
export type Incident = z.infer<typeof IncidentSchema>;

export const IncidentPage = pageOf(IncidentSchema).extend({
  /** Of all, whatever was filtered: drafts and open ones. */
  open: z.number().int(),
});

export const IncidentsQuery = PageQuery.extend({
  /** active = a draft, or open. */
  state: z.enum([...INCIDENT_STATES, "active"]).optional(),
  severity: z.enum(INCIDENT_SEVERITIES).optional(),
  tenantId: idOf("ten").optional(),
  alertId: idOf("alr").optional(),
});
export type IncidentsQuery = z.output<typeof IncidentsQuery>;

/** What was published at once: the same status to each, in words for each. */
export const PublishedSchema = z.object({
  id: z.string(),
  status: z.enum(INCIDENT_STATUSES),
  publishedAt: IsoTime,
  by: z.string(),
  texts: z.array(z.object({ tenantId: idOf("ten"), tenantName: z.string(), text: z.string() })),
});
export type Published = z.infer<typeof PublishedSchema>;

export const TimelineEntrySchema = z.object({
  /** Of one timeline, each its own. */
  id: z.string(),
  at: IsoTime,
  /** Its own events, those of its alerts, or what changed in its scope. */
  kind: z.enum([...INCIDENT_EVENT_KINDS, "alert", "change"]),
  title: z.string(),
  /** What somebody wrote. */
  text: z.string().nullable(),
  by: z.string().nullable(),
  /** Where there is more. */
  href: z.string().nullable(),
});
export type TimelineEntry = z.infer<typeof TimelineEntrySchema>;

export const IncidentDetailSchema = IncidentSchema.extend({
  alerts: z.array(z.object({ id: idOf("alr"), title: z.string(), state: z.string() })),
  /** The newest 200 of what changed around it, and everything of its own; oldest first. */
  timeline: z.array(TimelineEntrySchema),
  /** Newest first. */
  published: z.array(PublishedSchema),
  /** What its reviewers wrote; null = nothing yet. */
  review: z.object({ cause: z.string(), done: z.string(), actions: z.string() }).nullable(),
});
export type IncidentDetail = z.infer<typeof IncidentDetailSchema>;

export const HitTenantSchema = z.object({
  tenantId: idOf("ten"),
  tenantName: z.string(),
  /** Answered with 500 or more, or turned away for want of room. */
  failed: MeasurementSchema,
  /** Answered by something else than what was asked for. */
  fallbacks: MeasurementSchema,
  /** Both together. */
  requests: MeasurementSchema,
  /** Minutes in which at least one of them arrived. */
  minutes: MeasurementSchema,
  /** Why it is not known. */
  note: z.string().nullable(),
});
export type HitTenant = z.infer<typeof HitTenantSchema>;

export const ImpactSchema = z.object({
  from: IsoTime,
  to: IsoTime,
  countedAt: IsoTime,
  /** Those with the most requests hit first, at most 1,000. */
  items: z.array(HitTenantSchema),
  tenants: MeasurementSchema,
  requests: MeasurementSchema,
  /** Of all tenants together: one minute of three of them is three. */
  minutes: MeasurementSchema,
});
export type Impact = z.infer<typeof ImpactSchema>;

const Title = z.string().trim().min(3).max(160);
const Moment = z.iso.datetime({ offset: true });
const TenantIds = z.array(idOf("ten")).max(500);

export const OpenIncident = z.strictObject({
  title: Title.optional().describe("Left out with an alert: the alert's."),
  severity: z.enum(INCIDENT_SEVERITIES).optional().describe("Left out: critical for a critical alert, else major."),
  startedAt: Moment.optional().describe("Left out: when the alert began, or now."),
  poolId: idOf("pool").optional(),
  tenantIds: TenantIds.optional(),
  alertId: idOf("alr").optional().describe("Its scope, its start and its title are taken where they are not given."),
  asDraft: z.boolean().default(false).describe("It is accepted or dismissed later."),
});
export type OpenIncident = z.output<typeof OpenIncident>;

export const UpdateIncident = z
  .strictObject({
    title: Title.optional(),
    severity: z.enum(INCIDENT_SEVERITIES).optional(),
    startedAt: Moment.optional(),
    endedAt: Moment.optional().describe("Only of one that is resolved."),
    poolId: idOf("pool").nullable().optional(),
    tenantIds: TenantIds.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "give at least one field");
export type UpdateIncident = z.output<typeof UpdateIncident>;

export const DismissIncident = z.strictObject({ reason: z.string().trim().min(3).max(500) });
export const AddIncidentNote = z.strictObject({ text: z.string().trim().min(1).max(4_000) });
export const ResolveIncident = z.strictObject({ endedAt: Moment.optional().describe("Left out: now.") });
const Text = z.string().trim().max(8_000);
export const CloseIncident = z.strictObject({
  cause: Text.min(3),
  done: Text.min(3),
  actions: Text.default("").describe("What is still to be done, by whom."),
});
export type CloseIncident = z.output<typeof CloseIncident>;

const CustomerText = z.string().trim().min(10).max(4_000);
export const PreviewUpdate = z.strictObject({ template: CustomerText });
export const PreviewSchema = z.object({
  items: z.array(
    z.object({
      tenantId: idOf("ten"),
      tenantName: z.string(),
      /** How many of their requests were hit. */
      requests: MeasurementSchema,
      text: z.string(),
      /** Why this text would be refused. */
      faults: z.array(z.object({ word: z.string(), message: z.string(), fix: z.string() })),
    }),
  ),
});
export type Preview = z.infer<typeof PreviewSchema>;

export const PublishUpdate = z.strictObject({
  status: z.enum(INCIDENT_STATUSES),
  /** To each customer in words of their own, as they were previewed. */
  texts: z
    .array(z.strictObject({ tenantId: idOf("ten"), text: CustomerText }))
    .min(1)
    .max(500),
});
export type PublishUpdate = z.output<typeof PublishUpdate>;

/** What a customer was told: nothing else of an incident is theirs to read. */
export const CustomerUpdateSchema = z.object({
  id: idOf("inu"),
  incidentId: idOf("inc"),
  tenantId: idOf("ten"),
  status: z.enum(INCIDENT_STATUSES),
  text: z.string(),
  /** When the incident began, as it was known then. */
  startedAt: IsoTime,
  publishedAt: IsoTime,
});
export type CustomerUpdate = z.infer<typeof CustomerUpdateSchema>;
export const CustomerUpdatePage = pageOf(CustomerUpdateSchema);
export const CustomerUpdatesQuery = PageQuery.extend({ tenantId: idOf("ten").optional() });
export type CustomerUpdatesQuery = z.output<typeof CustomerUpdatesQuery>;
