import * as z from "zod";
import { IsoTime, idOf, MeasurementSchema, PageQuery, pageOf } from "#lib/http/schema.ts";
import { CHART_METRICS } from "#lib/metrics/browser/chart-metrics.ts";
import {
  ALERT_SEVERITIES,
  ALERT_STATES,
  CHANNEL_KINDS,
  FINDING_WEIGHTS,
  SILENCE_MINUTES,
  SUBJECT_TYPES,
} from "./alert-kinds.ts";
import { CauseSchema } from "./cause-schema.ts";
import { PitfallFindingSchema } from "./finding-schema.ts";
import { INCIDENT_STATES } from "./incident-states.ts";
import { ALERT_RULES } from "./rule-table.ts";

/** What an alert is about, and where that lies. */
export const AlertSubjectSchema = z.object({
  type: z.enum(SUBJECT_TYPES),
  id: z.string(),
  name: z.string(),
  poolId: z.string().nullable(),
  nodeId: z.string().nullable(),
  tenantId: z.string().nullable(),
  versionId: z.string().nullable(),
});
export type AlertSubject = z.infer<typeof AlertSubjectSchema>;

/** What the rule saw at its last evaluation. */
export const AlertEvidenceSchema = z.object({
  /** The chart that shows it; null = none does. */
  metric: z.enum(CHART_METRICS).nullable(),
  figure: MeasurementSchema.nullable(),
  threshold: z.number().nullable(),
  /** The source's own words. */
  reason: z.string().nullable(),
  /** What is not known, such as why nobody can tell whether it is over. */
  note: z.string().nullable(),
  /** Different adapters that requests asked a node for in the window, and its slots. */
  adapters: z.object({ asked: z.number().int(), slots: z.number().int() }).nullable(),
  /** Nodes and pools that it depends on: what ties it to its cause. */
  touches: z.array(z.string()),
  /** Who is hit, at most 200 of them. */
  tenantIds: z.array(z.string()),
});
export type AlertEvidence = z.infer<typeof AlertEvidenceSchema>;

export const SilenceSchema = z.object({ reason: z.string(), by: z.string(), at: IsoTime, until: IsoTime });

export const AlertSchema = z.object({
  id: idOf("alr"),
  rule: z.enum(ALERT_RULES),
  /** Such as "Node down". */
  title: z.string(),
  severity: z.enum(ALERT_SEVERITIES),
  state: z.enum(ALERT_STATES),
  subject: AlertSubjectSchema,
  /** What, since when, how many tenants and requests, and what to do first. */
  sentence: z.string(),
  startedAt: IsoTime,
  resolvedAt: IsoTime.nullable(),
  /** Since when nobody can tell whether it is over; null = it can be told. */
  unknownSince: IsoTime.nullable(),
  /** Since when it has looked well; it resolves by itself once that has held. null = it does not. */
  goodSince: IsoTime.nullable(),
  acknowledgedAt: IsoTime.nullable(),
  /** Who holds it. */
  acknowledgedBy: z.string().nullable(),
  /** In force now; nobody is told meanwhile. */
  silence: SilenceSchema.nullable(),
  /** Tenants with requests that were late, failed or fell back because of it; where nobody counts, those it concerns. */
  tenants: z.number().int(),
  /** Those requests; null = it hits none that anybody counts. */
  requests: z.number().int().nullable(),
  /** The alert it came from, and was told with. */
  causeId: z.string().nullable(),
  evidence: AlertEvidenceSchema,
});
export type Alert = z.infer<typeof AlertSchema>;

export const AlertPage = pageOf(AlertSchema).extend({
  /** All that fire, whatever was filtered; those that somebody holds are not among them. */
  firing: z.number().int(),
  /** When the rules were last evaluated with success; null = never. */
  evaluatedAt: IsoTime.nullable(),
});

export const AlertsQuery = PageQuery.extend({
  /** open = firing or acknowledged. */
  state: z.enum([...ALERT_STATES, "open"]).optional(),
  severity: z.enum(ALERT_SEVERITIES).optional(),
  poolId: idOf("pool").optional(),
  nodeId: idOf("node").optional(),
  tenantId: idOf("ten").optional(),
  versionId: idOf("ver").optional(),
});
export type AlertsQuery = z.output<typeof AlertsQuery>;

/** One step to take. A control is set with its consequences shown first; a page is opened. */
export const SuggestedActionSchema = z.object({
  label: z.string(),
  /** What is to be expected of it. */
  effect: z.string(),
  undo: z.string().nullable(),
  /** A control to set, with what it is set on. */
  control: z.enum(["serve_previous", "serve_fallback", "shed", "cordon", "drain"]).nullable(),
  /** Its object, or null for a page. */
  objectId: z.string().nullable(),
  objectName: z.string().nullable(),
  /** The page where it is done, or that shows more. */
  href: z.string(),
});
export type SuggestedAction = z.infer<typeof SuggestedActionSchema>;

/** Something that was done or happened before it began. */
export const AlertChangeSchema = z.object({
  at: IsoTime,
  title: z.string(),
  /** Who did it; null = nobody in person, or not told. */
  by: z.string().nullable(),
  /** It concerns the same pool, node or tenant. */
  isNear: z.boolean(),
  href: z.string().nullable(),
});
export type AlertChange = z.infer<typeof AlertChangeSchema>;

export const AlertNoteSchema = z.object({ id: z.string(), text: z.string(), by: z.string(), at: IsoTime });

/** A message to one channel, and what came of it. */
export const NotificationSchema = z.object({
  id: idOf("ntf"),
  channelName: z.string(),
  event: z.enum(["firing", "resolved"]),
  state: z.enum(["waiting", "sent", "failed"]),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  nextTryAt: IsoTime.nullable(),
  sentAt: IsoTime.nullable(),
});

/** What a detector saw where the alert's subject is served, and how far that explains it. */
export const AlertFindingSchema = PitfallFindingSchema.extend({
  weight: z.enum(FINDING_WEIGHTS),
  /** Where it was seen, and since when. */
  why: z.string(),
});
export type AlertFinding = z.infer<typeof AlertFindingSchema>;

/** A tenant that is hit, or a node that answered, with how many requests. */
const hitOf = <Id extends z.ZodType>(id: Id) =>
  z.object({
    id,
    name: z.string(),
    /** Bad or slow ones; null = nobody counts what this is about. */
    requests: MeasurementSchema.nullable(),
    /** All of theirs in that time. */
    of: z.number().int().nullable(),
  });
export type AlertHit = z.infer<ReturnType<typeof hitOf<z.ZodString>>>;

export const AlertDetailSchema = AlertSchema.extend({
  /** When the rules were last evaluated with success; null = never. */
  evaluatedAt: IsoTime.nullable(),
  cause: CauseSchema,
  /** What detectors saw there at that time, what explains most first. */
  findings: z.array(AlertFindingSchema).max(3),
  /** Alerts that came from this one. */
  related: z.array(z.object({ id: idOf("alr"), sentence: z.string(), state: z.enum(ALERT_STATES) })),
  /** The incident it belongs to. */
  incident: z.object({ id: idOf("inc"), title: z.string(), state: z.enum(INCIDENT_STATES) }).nullable(),
  /** Tenants whose requests are hit, those with the most first; where nothing is counted, those that it concerns. */
  hit: z.array(hitOf(idOf("ten"))),
  /** Of slow requests, the nodes that answered them, those with the most first. */
  hitNodes: z.array(hitOf(z.string())),
  /**
   * What is counted of each: bad = failed, shed or answered by a fallback; slow = slower than the limit; swapped = slower
   * than its objective, with weights that had to be swapped in. null = nothing is.
   */
  hitCounted: z
    .object({ what: z.enum(["bad", "slow", "swapped"]), limitMs: z.number().nullable(), from: IsoTime, to: IsoTime })
    .nullable(),
  /** Of the two hours before it began, newest first. */
  changes: z.array(AlertChangeSchema),
  actions: z.array(SuggestedActionSchema).max(3),
  notes: z.array(AlertNoteSchema),
  notifications: z.array(NotificationSchema),
  /** The window of its chart. */
  chart: z.object({ from: IsoTime, to: IsoTime }),
});
export type AlertDetail = z.infer<typeof AlertDetailSchema>;

export const SilenceAlert = z.strictObject({
  reason: z.string().trim().min(3).max(500),
  /** From now; 0 ends the silence at once. */
  minutes: z.union([z.literal(0), z.number().int().min(SILENCE_MINUTES.min).max(SILENCE_MINUTES.max)]),
});
export type SilenceAlert = z.output<typeof SilenceAlert>;
export const ResolveAlert = z.strictObject({ reason: z.string().trim().min(3).max(500) });
export const AddAlertNote = z.strictObject({ text: z.string().trim().min(1).max(2_000) });

/** Where messages go: a host, or how many addresses where. Neither its address nor its secret ever leaves the server. */
export const ChannelSchema = z.object({
  id: idOf("chn"),
  name: z.string(),
  kind: z.enum(CHANNEL_KINDS),
  host: z.string(),
  hasSecret: z.boolean(),
  /** Messages that wait or are tried again, that were given up, and the last that was taken. */
  waiting: z.number().int(),
  failed: z.number().int(),
  lastSentAt: IsoTime.nullable(),
  /** Of the newest message that was not taken. */
  lastError: z.string().nullable(),
  generation: z.number().int(),
});
export type Channel = z.infer<typeof ChannelSchema>;
export const ChannelPage = pageOf(ChannelSchema).extend({
  /** Where e-mail is handed over, and whom it comes from; null = SMTP_URL is not set, so none is sent. */
  mail: z.object({ host: z.string(), from: z.string() }).nullable(),
});

const Url = z.string().trim().min(1).max(500);
/** Addresses of people, or of their lists. */
const To = z.array(z.email().max(254)).min(1).max(20);
const Secret = z.string().trim().min(16).max(500);
export const CreateChannel = z.strictObject({
  name: z.string().trim().min(1).max(80),
  kind: z.enum(CHANNEL_KINDS),
  /** Of every kind but e-mail, which has its addresses in `to`. */
  url: Url.optional(),
  to: To.optional(),
  /** Of an alertmanager channel: signs its messages. Of PagerDuty: the integration's routing key. Slack has none. */
  secret: Secret.optional(),
});
export type CreateChannel = z.output<typeof CreateChannel>;
/** What is left out stays. */
export const UpdateChannel = z
  .strictObject({
    name: CreateChannel.shape.name.optional(),
    url: Url.optional(),
    to: To.optional(),
    secret: Secret.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "give at least one field");
export type UpdateChannel = z.output<typeof UpdateChannel>;

export const ChannelTestSchema = z.object({ ok: z.boolean(), message: z.string(), fix: z.string().nullable() });
