import { WATCHED_CONDITIONS } from "#lib/metrics/conditions/record-condition.ts";
import { INTERVALS_KEPT_DAYS, ROLLUP_KEPT_SECONDS } from "#lib/metrics/kept-for.ts";
import type { SettingValues } from "#lib/pools/browser/settings-schema.ts";
import { PARTITIONED } from "#lib/requests/partitioned.ts";

/** Settings that say how long something is kept, in days. */
export type RetentionSetting = Extract<keyof SettingValues, "evalReplyDays">;

export type DaysRule = {
  keep: "days";
  days: number;
  /** SQL: when a row became old enough to count its days; null = not yet. */
  since: string;
  /** SQL: which rows may be deleted at all. */
  only?: string;
};

export type Rule =
  | DaysRule
  | { keep: "replies"; setting: RetentionSetting }
  | { keep: "elsewhere"; days: string; job: string }
  | { keep: "with"; parent: string }
  | { keep: "always"; because: string };

const days = (count: number, since: string, only?: string): DaysRule =>
  only === undefined ? { keep: "days", days: count, since } : { keep: "days", days: count, since, only };
const elsewhere = (kept: string, job: string): Rule => ({ keep: "elsewhere", days: kept, job });
const byPartition = (count: number, job: string): Rule => elsewhere(`${count}, by partition`, job);
const withParent = (parent: string): Rule => ({ keep: "with", parent });
const always = (because: string): Rule => ({ keep: "always", because });

const CATALOG = "it is the catalog; it is deleted by its owner or when a tenant leaves";
const HISTORY = "it is the history of what went live, and small";
const CURRENT = "one row per object, overwritten";

/** Every table of the catalog and of the schema `metrics`, by name. */
export const RETENTION: Readonly<Record<string, Rule>> = {
  // people and access
  Tenant: always("an archived tenant still names its history"),
  User: always(CATALOG),
  Membership: withParent("User"),
  Session: days(30, `LEAST("revokedAt", "expiresAt")`),
  // a browser that signed in is remembered for 90 days: lib/identity/sign-in.ts
  SignInAttempt: days(30, `CASE WHEN "subject" LIKE 'browser:%' THEN "at" + interval '60 days' ELSE "at" END`),
  ApiKey: always("a revoked key still names who called"),
  IdempotencyKey: days(1, `"createdAt"`),
  AuditEntry: always("the audit trail is a hash chain: a missing entry would look like tampering"),
  AuditChain: always("it holds the head of each hash chain"),
  // pools, nodes, adapters
  Pool: always(CATALOG),
  Setting: always(CATALOG),
  Node: always(CATALOG),
  Adapter: always(CATALOG),
  AdapterVersion: always("a deleted version keeps its row: its LoRA name is never used again"),
  VersionFile: withParent("AdapterVersion"),
  VersionRetention: withParent("AdapterVersion"),
  Route: withParent("Adapter"),
  Endpoint: always(CATALOG),
  ImportSource: always(CATALOG),
  Import: days(90, `"updatedAt"`, `"state" <> 'open'`),
  ImportRow: withParent("Import"),
  OffboardingStep: always("it proves what was deleted for a tenant"),
  Placement: withParent("AdapterVersion"),
  Hold: withParent("Placement"),
  Registration: withParent("Node"),
  AdapterDemand: withParent("Adapter"),
  Rollout: withParent("Pool"),
  RolloutNode: withParent("Rollout"),
  Control: days(400, `"endedAt"`),
  LoadEvent: days(90, `"at"`),
  // jobs and processes
  Job: days(90, `"finishedAt"`),
  JobItem: withParent("Job"),
  Lease: always(CURRENT),
  GatewayInstance: days(1, `"seenAt"`),
  WorkerInstance: elsewhere("1", "every worker"),
  DeadManSwitch: always(CURRENT),
  // evaluations and cutovers
  EvalSuite: withParent("Tenant"),
  EvalCase: withParent("EvalSuite"),
  EvalTemplate: always(CATALOG),
  TenantTools: withParent("Tenant"),
  EvalRun: withParent("EvalSuite"),
  EvalSample: { keep: "replies", setting: "evalReplyDays" },
  Verdict: withParent("EvalRun"),
  Recording: withParent("Tenant"),
  RecordedCase: elsewhere("as the customer allowed, 30", "recorded"),
  Cutover: always(`${HISTORY}; it goes with its adapter when a pool is deleted`),
  CutoverBatch: always(HISTORY),
  CutoverBatchRow: withParent("CutoverBatch"),
  VersionRelease: withParent("Tenant"),
  Approval: withParent("Tenant"),
  ApprovalMail: withParent("Approval"),
  // requests and metrics
  request: byPartition(PARTITIONED.request.days, "requests"),
  usage_minute: byPartition(PARTITIONED.usage_minute.days, "requests"),
  usage_5_minutes: byPartition(PARTITIONED.usage_5_minutes.days, "requests"),
  usage_hour: byPartition(PARTITIONED.usage_hour.days, "requests"),
  usage_day: byPartition(PARTITIONED.usage_day.days, "requests"),
  usage_pool_minute: byPartition(PARTITIONED.usage_pool_minute.days, "requests"),
  usage_pool_5_minutes: byPartition(PARTITIONED.usage_pool_5_minutes.days, "requests"),
  usage_pool_hour: byPartition(PARTITIONED.usage_pool_hour.days, "requests"),
  usage_pending: elsewhere("until its step is summed", "requests"),
  residency_interval: days(INTERVALS_KEPT_DAYS, `"endedAt"`),
  DerivedCheckpoint: withParent("Node"),
  // those of other rooms are kept up to date by them
  ServiceCondition: days(1, `"observedAt"`, `"type" IN (${WATCHED_CONDITIONS.map((type) => `'${type}'`).join(", ")})`),
  Annotation: days(400, `"at"`),
  "metrics.node_minute": byPartition(ROLLUP_KEPT_SECONDS[60] / 86_400, "scrape"),
  "metrics.node_5_minutes": byPartition(ROLLUP_KEPT_SECONDS[300] / 86_400, "scrape"),
  "metrics.node_hour": byPartition(ROLLUP_KEPT_SECONDS[3600] / 86_400, "scrape"),
  "metrics.node_cache_minute": byPartition(ROLLUP_KEPT_SECONDS[60] / 86_400, "scrape"),
  "metrics.node_cache_5_minutes": byPartition(ROLLUP_KEPT_SECONDS[300] / 86_400, "scrape"),
  "metrics.node_cache_hour": byPartition(ROLLUP_KEPT_SECONDS[3600] / 86_400, "scrape"),
  "metrics.node_look": elsewhere("while its node exists", "scrape"),
  "metrics.histogram_bounds": always("rows of histograms refer to it, and there are few"),
  // alerts and incidents
  Alert: always("its history shows what repeats"),
  AlertNote: withParent("Alert"),
  Notification: withParent("Alert"),
  Silence: days(90, `"until"`),
  Finding: days(90, `"clearedAt"`),
  NotificationChannel: always(CATALOG),
  ChartView: always(CATALOG),
  Objective: always(CATALOG),
  ObjectiveCount: elsewhere("one more than the longest objective window", "objectives"),
  Incident: always(HISTORY),
  IncidentTenant: withParent("Incident"),
  IncidentAlert: withParent("Incident"),
  IncidentEvent: withParent("Incident"),
  IncidentUpdate: withParent("Incident"),
  _prisma_migrations: always("it says which migrations were applied"),
};
