import type { AlertRule } from "../browser/alert-kinds.ts";

const SECOND = 1_000;
const MINUTE = 60_000;

export type RuleDef = {
  title: string;
  /** How long it must hold before anybody is told. */
  forMs: number;
  /** How long it must look well before it counts as over. */
  keepMs: number;
  /** The next step, as the sentence ends. */
  first: string;
};

/** What each rule is called, and how patient it is. Thresholds that an operator sets are in the settings. */
export const RULES: Record<AlertRule, RuleDef> = {
  node_down: {
    title: "Node down",
    forMs: 15 * SECOND,
    keepMs: 30 * SECOND,
    first: "check that its process is running",
  },
  // counted from the last report, so that a gateway that is restarted has time to come back
  gateway_silent: {
    title: "Gateways not reporting",
    forMs: MINUTE,
    keepMs: 30 * SECOND,
    first: "check that a gateway is running and reaches the database",
  },
  gateway_stale: {
    title: "Gateway routes by outdated data",
    forMs: 0,
    keepMs: 30 * SECOND,
    first: "check that the gateway reaches the database",
  },
  pool_saturated: {
    title: "Pool saturated",
    forMs: 30 * SECOND,
    keepMs: MINUTE,
    first: "find the tenant that sends more than usual",
  },
  // the window of five minutes is patience enough to begin; two windows have to be clear of the limit to end
  evictions: {
    title: "Eviction thrash",
    forMs: 0,
    keepMs: 2 * MINUTE,
    first: "compare active adapters with GPU slots",
  },
  swap_source: {
    title: "Slow swaps",
    forMs: 0,
    keepMs: 2 * MINUTE,
    first: "compare the CPU cache with the number of resident adapters",
  },
  version_quarantined: {
    title: "Version quarantined",
    forMs: 0,
    keepMs: 0,
    first: "serve the previous version, then upload the files again",
  },
  fallback_share: {
    title: "On fallback",
    forMs: 30 * SECOND,
    keepMs: 2 * MINUTE,
    first: "find out why its own version does not answer",
  },
  // two windows are patience enough to begin
  burn_fast: {
    title: "Error budget burning fast",
    forMs: 0,
    keepMs: 2 * MINUTE,
    first: "check what changed, and whether one node or one tenant is the cause",
  },
  burn_slow: {
    title: "Error budget burning slowly",
    forMs: 0,
    keepMs: 2 * MINUTE,
    first: "find the recurring cause before the budget runs out",
  },
  p95_over: {
    title: "p95 above its objective",
    forMs: 2 * MINUTE,
    keepMs: 3 * MINUTE,
    first: "check where the time goes: queue, first token or generation",
  },
  node_drift: {
    title: "Node drift",
    forMs: MINUTE,
    keepMs: 30 * SECOND,
    first: "review its unmanaged adapters",
  },
  scrape_stale: {
    title: "Metrics missing",
    forMs: 30 * SECOND,
    keepMs: 30 * SECOND,
    first: "check its /metrics endpoint",
  },
  gate_stuck: {
    title: "Gate stuck",
    forMs: 0,
    keepMs: 30 * SECOND,
    first: "open the run and check what it waits for",
  },
  guard_breached: {
    title: "Rolled back by guard",
    forMs: 0,
    keepMs: 0,
    first: "open the cutover and check which signal failed",
  },
  // a change of settings is planned, and its gates take a while to run again
  gate_expired: {
    title: "Gates expired",
    forMs: 60 * MINUTE,
    keepMs: 30 * SECOND,
    first: "run the gates of these versions again",
  },
  batch_stopped: {
    title: "Batch stopped",
    forMs: 0,
    keepMs: 0,
    first: "open the batch and check why the row failed",
  },
  key_expiring: { title: "Key expires soon", forMs: 0, keepMs: 0, first: "create a new key and switch to it" },
};

/** Recent requests are looked at over this. */
export const WINDOW_MS = 5 * MINUTE;
/** The part of its limit below which a figure is clear of it: see `judgeThreshold`. */
export const CLEAR_SHARE = { evictions: 0.8, fallback_share: 0.5, burn: 0.8, p95_over: 0.9 } as const;
/** Bad requests of so long made an objective's alert begin. */
export const SEEN_OVER_MS = { burn_fast: WINDOW_MS, burn_slow: 6 * 60 * MINUTE, p95_over: WINDOW_MS } as const;
/** A tenant is on fallback from this share on, of at least so many answers. */
export const FALLBACK_SHARE = 0.2;
export const FALLBACK_LEAST = 5;
/** A node whose metrics were last read before this is not seen. */
export const SCRAPE_STALE_MS = MINUTE;
/** Gateways report each 2 s; one that has not for so long may be gone. */
export const GATEWAY_SILENT_MS = 20 * SECOND;
/** Who last looked at the rules longer ago than this was away itself, and cannot tell since when others are. */
export const LOOKED_LATELY_MS = MINUTE;
/** A condition that nobody renewed for this long tells nothing. */
export const CONDITION_STALE_MS = 90 * SECOND;
export const KEY_NOTICE_MS = 7 * 24 * 60 * MINUTE;
