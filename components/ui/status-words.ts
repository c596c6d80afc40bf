/** The five state roles of console.md C4; "unknown" is the off role, dashed: never green, never zero. */
export type StateRole = "ok" | "busy" | "warn" | "bad" | "off" | "unknown";

/**
 * The only words a status cell may hold (console.md C5), by object and identifier. `as const`, so that a state the
 * server does not have does not compile, and one it gains must be given a word here.
 */
export const STATUS = {
  service: {
    healthy: ["ok", "Healthy"],
    not_live_yet: ["busy", "Not live yet"],
    degraded: ["warn", "Degraded"],
    on_fallback: ["warn", "On fallback"],
    not_serving: ["bad", "Not serving"],
    suspended: ["off", "Suspended"],
    unknown: ["unknown", "Unknown"],
  },
  tenant: {
    active: ["ok", "Active"],
    offboarding: ["busy", "Off-boarding"],
    suspended: ["off", "Suspended"],
    archived: ["off", "Archived"],
  },
  offboarding_step: {
    done: ["ok", "Done"],
    running: ["busy", "Running"],
    waiting: ["warn", "Waiting"],
    skipped: ["warn", "Unchanged"],
    failed: ["bad", "Failed"],
    pending: ["off", "Pending"],
  },
  version: {
    live: ["ok", "Live"],
    staged: ["ok", "Staged"],
    ready: ["ok", "Ready"],
    checking: ["busy", "Checking"],
    rolled_back: ["bad", "Rolled back"],
    rejected: ["bad", "Rejected"],
    quarantined: ["bad", "Quarantined"],
    draft: ["off", "Draft"],
    retired: ["off", "Retired"],
    deleted: ["off", "Deleted"],
  },
  // What customers are told of one that could go live.
  version_test: {
    running: ["busy", "Being tested"],
    inconclusive: ["warn", "Test inconclusive"],
    fail: ["bad", "Test failed"],
    unknown: ["unknown", "Unknown"],
  },
  placement: {
    routable: ["ok", "Routable"],
    loading: ["busy", "Loading"],
    probing: ["busy", "Probing"],
    unloading: ["busy", "Unloading"],
    node_drift: ["warn", "Node drift"],
    failed: ["bad", "Failed"],
    unknown: ["unknown", "Unknown"],
  },
  node: {
    healthy: ["ok", "Healthy"],
    restoring: ["busy", "Restoring"],
    draining: ["busy", "Draining"],
    degraded: ["warn", "Degraded"],
    unreachable: ["bad", "Unreachable"],
    cordoned: ["off", "Cordoned"],
    unknown: ["unknown", "Unknown"],
  },
  rollout: {
    completed: ["ok", "Completed"],
    running: ["busy", "Running"],
    failed: ["bad", "Failed"],
    cancelled: ["off", "Cancelled"],
  },
  rollout_node: {
    done: ["ok", "Done"],
    draining: ["busy", "Draining"],
    restarting: ["busy", "Restarting"],
    restoring: ["busy", "Restoring"],
    failed: ["bad", "Failed"],
    pending: ["off", "Pending"],
    skipped: ["off", "Skipped"],
  },
  store: {
    ok: ["ok", "Available"],
    unavailable: ["bad", "Unavailable"],
  },
  deadMan: {
    calling: ["ok", "Called while healthy"],
    waiting: ["busy", "Not called yet"],
    failing: ["bad", "Call failed"],
    held_back: ["warn", "Held back"],
  },
  process: {
    there: ["ok", "Running"],
    gone: ["bad", "Gone"],
  },
  loop: {
    on_time: ["ok", "On time"],
    running: ["ok", "Running"],
    stopped: ["bad", "Stopped"],
    failing: ["warn", "Failing"],
    late: ["bad", "Late"],
  },
  import: {
    completed: ["ok", "Completed"],
    importing: ["busy", "Importing"],
    open: ["off", "Open"],
    discarded: ["off", "Discarded"],
  },
  import_row: {
    imported: ["ok", "Imported"],
    valid: ["ok", "Ready"],
    checking: ["busy", "Checking"],
    importing: ["busy", "Importing"],
    invalid: ["bad", "Needs work"],
    failed: ["bad", "Failed"],
    unchecked: ["off", "Not checked"],
    skipped: ["off", "Skipped"],
  },
  // Jobs and their items take the words of rollouts.
  job: {
    completed: ["ok", "Completed"],
    completed_partly: ["warn", "Completed"],
    queued: ["busy", "Queued"],
    running: ["busy", "Running"],
    failed: ["bad", "Failed"],
    cancelled: ["off", "Cancelled"],
  },
  job_item: {
    succeeded: ["ok", "Done"],
    running: ["busy", "Running"],
    failed: ["bad", "Failed"],
    pending: ["off", "Pending"],
    skipped: ["off", "Skipped"],
  },
  suite: {
    gateable: ["ok", "Gateable"],
    short: ["warn", "Not gateable"],
    none: ["off", "No suite"],
  },
  readiness: {
    ok: ["ok", "Ready"],
    weak: ["warn", "Weak"],
    missing: ["bad", "Missing"],
    unknown: ["unknown", "Unknown"],
  },
  verdict: {
    pass: ["ok", "Pass"],
    running: ["busy", "Running"],
    queued: ["busy", "Queued"],
    inconclusive: ["warn", "Inconclusive"],
    expired: ["warn", "Expired"],
    overridden: ["warn", "Overridden"],
    fail: ["bad", "Fail"],
    adopted: ["off", "Adopted"],
    not_run: ["off", "Not run"],
    cancelled: ["off", "Cancelled"],
  },
  cutover: {
    completed: ["ok", "Completed"],
    warming: ["busy", "Warming"],
    shadow: ["busy", "Shadow"],
    canary: ["busy", "Canary"],
    full: ["busy", "Full"],
    soaking: ["busy", "Soaking"],
    paused: ["warn", "Paused"],
    waiting_for_approval: ["warn", "Waiting for approval"],
    rolled_back: ["bad", "Rolled back"],
    pending: ["off", "Pending"],
    aborted: ["off", "Aborted"],
  },
  batch: {
    completed: ["ok", "Completed"],
    completed_partly: ["warn", "Completed"],
    running: ["busy", "Running"],
    paused: ["warn", "Paused"],
    stopped_by_failures: ["bad", "Stopped"],
    stopped: ["off", "Stopped"],
  },
  batch_row: {
    completed: ["ok", "Completed"],
    running: ["busy", "Under way"],
    failed: ["bad", "Failed"],
    waiting: ["off", "Waiting"],
    skipped: ["off", "Skipped"],
  },
  approval: {
    approved: ["ok", "Approved"],
    pending: ["warn", "Waiting for approval"],
    declined: ["bad", "Declined"],
    expired: ["off", "Expired"],
    withdrawn: ["off", "Withdrawn"],
  },
  // Whether a customer's requests are kept for tests.
  recording: {
    recording: ["busy", "Recording"],
    nothing_live: ["warn", "Nothing live"],
    ended: ["off", "Ended"],
    never: ["off", "Not recorded"],
  },
  request: {
    answered: ["ok", "Answered"],
    fallback: ["warn", "Fallback"],
    refused: ["bad", "Refused"],
    shed: ["bad", "Shed"],
    failed: ["bad", "Failed"],
  },
  alert: {
    resolved: ["ok", "Resolved"],
    acknowledged: ["warn", "Acknowledged"],
    firing_warning: ["warn", "Firing (warning)"],
    firing_critical: ["bad", "Firing (critical)"],
    silenced: ["off", "Muted"],
  },
  incident: {
    open: ["bad", "Open"],
    draft: ["warn", "Draft"],
    resolved: ["ok", "Resolved"],
    closed: ["off", "Closed"],
    dismissed: ["off", "Dismissed"],
  },
  // What customers are told.
  incident_update: {
    investigating: ["bad", "Investigating"],
    identified: ["warn", "Identified"],
    monitoring: ["busy", "Monitoring"],
    resolved: ["ok", "Resolved"],
  },
  objective: {
    met: ["ok", "Met"],
    burning: ["warn", "Burning"],
    missed: ["bad", "Missed"],
    proposed: ["warn", "Proposed"],
    dismissed: ["off", "Dismissed"],
    unknown: ["unknown", "Unknown"],
  },
} as const satisfies Record<string, Record<string, readonly [StateRole, string]>>;

export type StatusObject = keyof typeof STATUS;
export type StatusValue<Kind extends StatusObject> = keyof (typeof STATUS)[Kind] & string;

/** One closed union over all objects: `{ of: "node", is: "healthy" }`. */
export type AnyStatus = { [Kind in StatusObject]: { of: Kind; is: StatusValue<Kind> } }[StatusObject];

/** Role and word of a status. */
export const statusWord = (status: AnyStatus): { role: StateRole; word: string } => {
  const words: Record<string, readonly [StateRole, string]> = STATUS[status.of];
  const found = words[status.is];
  // Only a server newer than this page can send a word it does not know: not seen is not fine.
  return found === undefined ? { role: "unknown", word: "Unknown" } : { role: found[0], word: found[1] };
};
