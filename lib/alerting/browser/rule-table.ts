const SECOND = 1_000;
const MINUTE = 60_000;

export type RuleDef = {
  title: string;
  /** Which requests it hits: those that waited for a swap on its node, bad ones, or those that break its objective. */
  hits?: "swaps" | "bad" | "promise";
  /** How long it must hold before the alert is sent. */
  forMs: number;
  /** How long it must look well before it counts as over. */
  keepMs: number;
  /** The next step, as the sentence ends. */
  first: string;
};

/**
 * Each alert rule: its name, and how long it waits. The order is that of causes: an earlier one may be
 * what a later one came from. Thresholds that an operator sets are in the settings.
 */
const RULE_TABLE = {
  node_down: {
    title: "Node down",
    hits: "bad",
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
    hits: "bad",
    forMs: 30 * SECOND,
    keepMs: MINUTE,
    first: "find the tenant that sends more than usual",
  },
  // the window of five minutes is patience enough to begin; two windows have to be clear of the limit to end
  evictions: {
    title: "Eviction thrash",
    hits: "swaps",
    forMs: 0,
    keepMs: 2 * MINUTE,
    first: "compare active adapters with GPU slots",
  },
  swap_source: {
    title: "Slow swaps",
    hits: "swaps",
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
    hits: "bad",
    forMs: 30 * SECOND,
    keepMs: 2 * MINUTE,
    first: "find out why its own version does not answer",
  },
  requests_failing: {
    title: "Requests failing",
    hits: "bad",
    forMs: 30 * SECOND,
    keepMs: 2 * MINUTE,
    first: "open its failed requests and check what they have in common",
  },
  // two windows are patience enough to begin
  burn_fast: {
    title: "Error budget burning fast",
    hits: "promise",
    forMs: 0,
    keepMs: 2 * MINUTE,
    first: "check what changed, and whether one node or one tenant is the cause",
  },
  burn_slow: {
    title: "Error budget burning slowly",
    hits: "promise",
    forMs: 0,
    keepMs: 2 * MINUTE,
    first: "find the recurring cause before the budget runs out",
  },
  p95_over: {
    title: "p95 above its objective",
    hits: "promise",
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
} as const satisfies Record<string, RuleDef>;
export type AlertRule = keyof typeof RULE_TABLE;
export const RULES: Record<AlertRule, RuleDef> = RULE_TABLE;
export const ALERT_RULES = Object.keys(RULE_TABLE) as AlertRule[];
