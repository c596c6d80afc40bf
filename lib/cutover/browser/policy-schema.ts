import * as z from "zod";
import { WeeklyWindowSchema } from "#lib/platform/browser/weekly-window-schema.ts";

/** How far a new version goes by itself, each including those before it. */
export const REACHES = ["checks", "loaded", "gate", "canary", "live"] as const;
export type Reach = (typeof REACHES)[number];

export const DECIDERS = ["platform", "customer"] as const;
/** Who says yes or no: the platform's own people, or the customer's. */
export type Decider = (typeof DECIDERS)[number];

export const SILENCES = ["nothing", "goes_on"] as const;
/** What comes of an approval that nobody answers: nothing goes live, or the cutover goes on. */
export type Silence = (typeof SILENCES)[number];

export const PLATFORM_APPROVERS = ["platform_admin", "operator"] as const;

const Hours = z.number().int().min(1).max(720);

/** A tenant's release policy. */
export const ReleasePolicySchema = z
  .strictObject({
    reach: z.enum(REACHES),
    /** Who agrees before the first customers' requests reach a new version; null = nobody has to. */
    beforeCanary: z.enum(DECIDERS).nullable(),
    /** Who agrees before all requests do. */
    beforeLive: z.enum(DECIDERS).nullable(),
    /** When what it started itself may reach customers; none = at any time. */
    hours: z.array(WeeklyWindowSchema).max(21).default([]),
    /** The least role that decides for the platform. For the customer its admins do. */
    platformApprover: z.enum(PLATFORM_APPROVERS),
    expiryHours: Hours,
    /** So long after it was asked, whoever may decide is reminded; null = never. */
    reminderHours: Hours.nullable(),
    onSilence: z.enum(SILENCES),
  })
  .check(({ value, issues }) => {
    const problem = (field: string, message: string) =>
      issues.push({ code: "custom", path: [field], message, input: value });
    if (value.reminderHours !== null && value.reminderHours >= value.expiryHours)
      problem("reminderHours", "must be less than expiryHours: after that there is nothing to be reminded of");
    if (value.onSilence === "goes_on" && (value.beforeCanary === "customer" || value.beforeLive === "customer"))
      problem("onSilence", "must be nothing while a step waits for the customer: no answer is not consent");
  });
export type ReleasePolicy = z.infer<typeof ReleasePolicySchema>;

export const TenantReleasePolicySchema = z.object({
  policy: ReleasePolicySchema,
  /** It does nothing by itself with versions from before; null = it never reached beyond the checks. */
  since: z.iso.datetime().nullable(),
  /** The same in plain words. */
  sentence: z.string(),
  /** Of the tenant, or of the setting. */
  generation: z.number().int(),
});
export type TenantReleasePolicy = z.infer<typeof TenantReleasePolicySchema>;

/** What new tenants begin with. */
export const DefaultReleasePolicySchema = TenantReleasePolicySchema.omit({ since: true });
export type DefaultReleasePolicy = z.infer<typeof DefaultReleasePolicySchema>;

/** As it was before there were policies: nothing by itself beyond the checks, and nobody is asked. */
export const NO_POLICY: ReleasePolicy = {
  reach: "checks",
  beforeCanary: null,
  beforeLive: null,
  hours: [],
  platformApprover: "platform_admin",
  expiryHours: 72,
  reminderHours: 24,
  onSilence: "nothing",
};
