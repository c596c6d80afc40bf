/** What an objective is about. Each is a share of good requests; see `objectives/objective-kinds` for what counts. */
export const OBJECTIVE_KINDS = ["latency_p95", "ttft_p95", "availability", "fallback_share"] as const;
export type ObjectiveKind = (typeof OBJECTIVE_KINDS)[number];

export const OBJECTIVE_STATUSES = ["proposed", "accepted", "dismissed"] as const;
export const OBJECTIVE_VISIBILITIES = ["staff", "customer"] as const;
export const OBJECTIVE_WINDOWS = [1, 7, 28] as const;
export type ObjectiveWindow = (typeof OBJECTIVE_WINDOWS)[number];

/** met; burning = its budget goes faster than it may; missed = its budget is gone; unknown = too few requests, or not counted. */
export const OBJECTIVE_STATES = ["met", "burning", "missed", "unknown"] as const;
export type ObjectiveState = (typeof OBJECTIVE_STATES)[number];

/** Limits of a latency's target. */
export const TARGET_MS = { min: 1, max: 300_000 } as const;
/**
 * The largest share of bad requests that an objective may allow. A quick burn is 14.4 times the pace that uses the budget
 * up; with a larger budget even a total failure would stay below it.
 */
export const MOST_BUDGET = 0.05;
/** The smallest: one request of a hundred thousand. */
export const LEAST_BUDGET = 0.000_01;

/** What a proposal is made from: this many days, and at least so many requests. */
export const PROPOSAL_DAYS = 7;
export const PROPOSAL_REQUESTS = 200;
