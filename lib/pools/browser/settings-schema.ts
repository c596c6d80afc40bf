import * as z from "zod";
import { windowInForce } from "#lib/platform/browser/weekly-window.ts";
import { WeeklyWindowSchema } from "#lib/platform/browser/weekly-window-schema.ts";
import { DEFAULT_VALUES } from "./setting-defaults.ts";
import { WeightsSchema } from "./weights-schema.ts";

/** Headers that carry a request, or say who sent it: a tenant's name in one of them would be lost or believed. */
const TAKEN_HEADERS = new Set([
  "accept",
  "authorization",
  "connection",
  "cookie",
  "date",
  "expect",
  "forwarded",
  "host",
  "idempotency-key",
  "keep-alive",
  "origin",
  "proxy-authorization",
  "proxy-connection",
  "referer",
  "te",
  "traceparent",
  "tracestate",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "via",
  "x-conversation-id",
  "x-real-ip",
  "x-request-id",
]);
const TAKEN_PREFIXES = ["accept-", "content-", "sec-", "x-forwarded-", "x-ratelimit-", "x-switchyard-"];

const isFree = (name: string): boolean =>
  !TAKEN_HEADERS.has(name) && !TAKEN_PREFIXES.some((prefix) => name.startsWith(prefix));

/** Name of the header in which a trusted upstream names the tenant; a token of RFC 7230. */
const TenantHeader = z
  .string()
  .trim()
  .max(64)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "use letters, digits and dashes, such as x-tenant-id")
  .transform((name) => name.toLowerCase())
  .refine(isFree, "this header has a meaning of its own; choose another name, such as x-tenant-id");

/** Any week will do to see whether windows follow each other without an end. */
const SOME_WEEK = new Date("2026-01-05T00:00:00Z");

const FreezeWindows = z
  .array(WeeklyWindowSchema)
  .max(20)
  .refine(
    (windows) => windowInForce(windows, SOME_WEEK)?.until !== null,
    "together they leave no hour of the week in which a cutover may move; shorten one",
  );

const values = {
  tenantHeader: TenantHeader,
  /** How often the gateway polls each node, in seconds. */
  healthCheckInterval: z.number().int().min(1).max(3_600),
  /** GPU-tier evictions of a node in 5 minutes; more than these raise an alert. */
  evictionAlertThreshold: z.number().int().min(0).max(1_000_000),
  /** A swap from this tier, or a slower one, raises an alert; null = none does. */
  swapSourceAlert: z.enum(["disk", "cpu"]).nullable(),
  /** How long a customer's endpoint stays the way back once its version is live, in days. */
  originKeepDays: z.number().int().min(0).max(365),
  /** A cutover that was planned in no other way: does it begin with copies, and which percents of its canary follow. */
  cutoverShadow: z.boolean(),
  cutoverWeights: WeightsSchema,
  /** Of such a cutover: requests that a step of it needs, and its shortest time, in minutes. */
  cutoverMinRequests: z.number().int().min(1).max(100_000),
  cutoverStepMinutes: z.number().int().min(0).max(240),
  /** How long its guard goes on once everybody has the new version, in minutes. */
  cutoverSoakMinutes: z.number().int().min(0).max(10_080),
  /** Hours of the week in which no cutover starts or moves forward; a rollback always may. */
  freezeWindows: FreezeWindows,
  /** An evaluation leaves room for customers while more of their requests than this wait, at the gateway or for a slot. */
  evalYieldWaiting: z.number().int().min(0).max(10_000),
  evalYieldDeferred: z.number().int().min(0).max(10_000),
  /** How long the texts of evaluation replies are kept after their run ended, in days. */
  evalReplyDays: z.number().int().min(7).max(3_650),
};
const Values = z.object(values);
export type SettingValues = z.output<typeof Values>;
export type SettingName = keyof SettingValues;

/** How each is called in the catalog, and in the configuration file. */
export const SETTING_KEYS = {
  tenantHeader: "tenant_header",
  healthCheckInterval: "health_check_interval",
  evictionAlertThreshold: "eviction_alert_threshold",
  swapSourceAlert: "swap_source_alert",
  originKeepDays: "origin_keep_days",
  cutoverShadow: "cutover_shadow",
  cutoverWeights: "cutover_weights",
  cutoverMinRequests: "cutover_min_requests",
  cutoverStepMinutes: "cutover_step_minutes",
  cutoverSoakMinutes: "cutover_soak_minutes",
  freezeWindows: "freeze_windows",
  evalYieldWaiting: "eval_yield_waiting",
  evalYieldDeferred: "eval_yield_deferred",
  evalReplyDays: "eval_reply_days",
} as const satisfies Record<SettingName, string>;

export const SettingsSchema = z.object({
  ...values,
  tenantHeader: z.string(),
  generation: z.number().int(),
});
export type Settings = z.infer<typeof SettingsSchema>;
export const UpdateSettings = z
  .strictObject(values)
  .partial()
  .refine((change) => Object.keys(change).length > 0, "give at least one setting");
export type UpdateSettings = z.output<typeof UpdateSettings>;

/** What counts, of what is stored: a value that makes no sense counts as the default, since it must not stop anything. */
export function settingsOf(stored: ReadonlyMap<string, unknown>): SettingValues {
  const read = <T>(name: SettingName, schema: z.ZodType<T>, otherwise: T): T => {
    const parsed = schema.safeParse(stored.get(SETTING_KEYS[name]));
    return parsed.success ? parsed.data : otherwise;
  };
  return {
    tenantHeader: read("tenantHeader", values.tenantHeader, DEFAULT_VALUES.tenantHeader),
    healthCheckInterval: read("healthCheckInterval", values.healthCheckInterval, DEFAULT_VALUES.healthCheckInterval),
    evictionAlertThreshold: read(
      "evictionAlertThreshold",
      values.evictionAlertThreshold,
      DEFAULT_VALUES.evictionAlertThreshold,
    ),
    swapSourceAlert: read("swapSourceAlert", values.swapSourceAlert, DEFAULT_VALUES.swapSourceAlert),
    originKeepDays: read("originKeepDays", values.originKeepDays, DEFAULT_VALUES.originKeepDays),
    cutoverShadow: read("cutoverShadow", values.cutoverShadow, DEFAULT_VALUES.cutoverShadow),
    cutoverWeights: read("cutoverWeights", values.cutoverWeights, DEFAULT_VALUES.cutoverWeights),
    cutoverMinRequests: read("cutoverMinRequests", values.cutoverMinRequests, DEFAULT_VALUES.cutoverMinRequests),
    cutoverStepMinutes: read("cutoverStepMinutes", values.cutoverStepMinutes, DEFAULT_VALUES.cutoverStepMinutes),
    cutoverSoakMinutes: read("cutoverSoakMinutes", values.cutoverSoakMinutes, DEFAULT_VALUES.cutoverSoakMinutes),
    freezeWindows: read("freezeWindows", values.freezeWindows, DEFAULT_VALUES.freezeWindows),
    evalYieldWaiting: read("evalYieldWaiting", values.evalYieldWaiting, DEFAULT_VALUES.evalYieldWaiting),
    evalYieldDeferred: read("evalYieldDeferred", values.evalYieldDeferred, DEFAULT_VALUES.evalYieldDeferred),
    evalReplyDays: read("evalReplyDays", values.evalReplyDays, DEFAULT_VALUES.evalReplyDays),
  };
}
