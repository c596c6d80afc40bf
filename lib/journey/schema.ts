import * as z from "zod";
import { FINDING_SEVERITIES } from "#lib/alerting/browser/finding-schema.ts";
import { SERVICE_STATES } from "#lib/alerting/schema.ts";
import { IsoTime, MeasurementSchema, pageOf } from "#lib/http/schema.ts";
import { JobSchema } from "#lib/jobs/schema.ts";
import { AnnotationSchema } from "#lib/metrics/schema.ts";
import { RollbackSchema, TENANT_STATUSES } from "#lib/registry/schema.ts";

/** The six steps from nothing to live, in order. */
export const STEPS = ["files", "checks", "loaded", "gate", "cutover", "live"] as const;
export type Step = (typeof STEPS)[number];

/**
 * Whose move it is, to the reader: `you` may make it; `admin` = it belongs to the reader's side, to somebody with more
 * rights; `provider` = not a customer's to make; `customer` = not the platform's.
 */
export const MOVERS = ["you", "admin", "provider", "customer", "switchyard", "nobody"] as const;
/**
 * done = behind us; busy = moving by itself; waiting = somebody must act; blocked = it failed and must be mended;
 * rolled_back = the newest version was taken out of service again.
 */
export const STEP_STATES = ["done", "busy", "waiting", "blocked", "rolled_back"] as const;
export type StepState = (typeof STEP_STATES)[number];

export const ACTION_KINDS = [
  "add_adapter",
  "add_version",
  "stage",
  "see_report",
  "see_placements",
  "run_gate",
  "see_run",
  "start_cutover",
  "see_cutover",
  "decide_approval",
  "roll_back",
  "end_origin",
  "activate",
  "see_offboarding",
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** Where a tenant stands, whose move it is to whoever reads it, and the one link that leads on; its label names the page. */
export const NextStepSchema = z.object({
  step: z.enum(STEPS),
  state: z.enum(STEP_STATES),
  whoseMove: z.enum(MOVERS),
  sentence: z.string(),
  action: z.object({ kind: z.enum(ACTION_KINDS), label: z.string(), href: z.string() }).nullable(),
});
export type NextStep = z.infer<typeof NextStepSchema>;

export const JourneyTenantSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  status: z.enum(TENANT_STATUSES),
  adapterId: z.string().nullable(),
  health: z.object({
    state: z.enum(SERVICE_STATES),
    sentence: z.string(),
    since: IsoTime.nullable(),
    checkedAt: IsoTime.nullable(),
  }),
  nextStep: NextStepSchema,
  live: z.object({ versionId: z.string(), number: z.number().int(), since: IsoTime.nullable() }).nullable(),
  /** The newest version, where it was rolled back: who, when and why; null = it was not. */
  rolledBack: RollbackSchema.extend({ versionId: z.string(), number: z.number().int() }).nullable(),
  routableNodes: z.number().int().nullable(),
  p95: MeasurementSchema,
  fallbackShare: MeasurementSchema,
  requestCount: z.number().int(),
});
export type JourneyTenant = z.infer<typeof JourneyTenantSchema>;
export const JourneyPage = pageOf(JourneyTenantSchema);

/** The overview's facts; each count opens the list it counts. */
export const OverviewSchema = z.object({
  sentence: z.string(),
  tenants: z.object({
    total: z.number().int(),
    byHealth: z.array(z.object({ state: z.enum(SERVICE_STATES), count: z.number().int() })),
  }),
  needsYou: z.array(
    z.object({
      tenantId: z.string(),
      tenantName: z.string(),
      step: z.enum(STEPS),
      state: z.enum(STEP_STATES),
      sentence: z.string(),
      action: z.object({ label: z.string(), href: z.string() }),
    }),
  ),
  /** Tenants on their way to live, the first ones only; `inMotionTotal` counts them all. */
  inMotion: z.array(JourneyTenantSchema),
  inMotionTotal: z.int(),
  /** Work on many that has not ended, oldest first. */
  jobs: z.array(JobSchema),
  pools: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      slug: z.string(),
      baseModel: z.string(),
      nodes: z.object({ healthy: z.number().int(), total: z.number().int() }),
      residentVersions: MeasurementSchema,
      maxLoras: z.number().int(),
      maxCpuLoras: z.number().int(),
      adapterBytes: MeasurementSchema,
      /** What detectors see in it, the gravest first. */
      findings: z.array(
        z.object({ id: z.string(), title: z.string(), severity: z.enum(FINDING_SEVERITIES), sentence: z.string() }),
      ),
    }),
  ),
  events: z.array(AnnotationSchema),
  simulated: z.boolean(),
});
export type Overview = z.infer<typeof OverviewSchema>;

/** A first-run fact: it ticks itself when the catalog shows that it is so. */
export const FirstRunSchema = z.object({
  items: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      done: z.boolean(),
      detail: z.string(),
      href: z.string().nullable(),
    }),
  ),
  done: z.boolean(),
});
export type FirstRun = z.infer<typeof FirstRunSchema>;
