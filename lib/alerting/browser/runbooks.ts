import type { AlertRule } from "./rule-table.ts";

/** One thing to do or to look at, with the page of the console where it is done. */
export type RunbookStep = { text: string; page?: { label: string; href: string } };

/** What to do about an alert, for an engineer who was just paged. */
export type Runbook = {
  /** What it says, and what customers notice of it. */
  means: string;
  /** How to see whether it is true, and how bad it is. */
  check: readonly RunbookStep[];
  first: RunbookStep;
  next: readonly RunbookStep[];
  escalate: string;
  /** What healthy looks like, and when the alert ends. */
  over: string;
};

const on = (text: string, label: string, href: string): RunbookStep => ({ text, page: { label, href } });
const act = (text: string): RunbookStep => ({ text });

const TRAFFIC = on("See which tenant sends which traffic, and what is queued.", "Traffic", "/traffic");
const CHANGES = on("Check what changed shortly before the alert began.", "Changes", "/changes");
const NODES = on("Open the node: last poll, loaded adapters, latest events.", "Nodes", "/nodes");

/** By rule: a rule without one does not compile. Large: for the help pages only. */
export const RUNBOOKS: Record<AlertRule, Runbook> = {
  node_down: {
    means:
      "A vLLM server does not respond. Other nodes of the pool answer its tenants. If there is no other node, tenants get their fallback or an error.",
    check: [
      NODES,
      act("On the node's machine, check that the process is running and that curl <base URL>/health returns 200."),
      act("Search its log for out of memory, a CUDA or Xid error, or a requested stop."),
    ],
    first: on(
      "Restart the process with the launch command of its pool (open the pool, then Launch). Its adapters are reloaded automatically.",
      "Pools",
      "/pools",
    ),
    next: [
      act("If it fails repeatedly, cordon it on its page. Requests then try other nodes first."),
      on("Check whether the other nodes handle the traffic or requests queue up.", "Traffic", "/traffic"),
      act("If it was the only node of its pool, open an incident from the alert to inform the affected tenants."),
    ],
    escalate:
      "To the infrastructure team: after 10 minutes if its tenants have no other node, or at once if the log shows a broken GPU.",
    over: "The node is Restoring, then Healthy, and its live versions are Routable. The alert ends after 30 s of responses.",
  },
  gateway_silent: {
    means:
      "No gateway has reported for a minute. Either no gateway is running and customers get no answers, or the running ones cannot reach the database and use their last known routing.",
    check: [
      on("See when each gateway last reported.", "System", "/system"),
      act(
        "From outside, run curl -i <gateway>/livez. If it answers, the gateway is running, and /readyz names what is missing.",
      ),
      act("On the gateway's machine, check that the process is running, and read the end of its log."),
    ],
    first: act("If /livez does not answer, restart the gateway. If it answers, fix its connection to the database."),
    next: [
      act("While it answers without the database, do not restart it: a new process has no routing data."),
      act("Check whether the database accepts connections. Its log says when all connections are in use."),
      act("Open an incident from the alert: every tenant may be affected."),
    ],
    escalate: "At once if /livez does not answer after one restart: all customers are affected.",
    over: "System shows a report seconds ago, and Traffic shows requests. The alert ends after 30 s of reports.",
  },
  gateway_stale: {
    means:
      "A gateway uses outdated routing data. Customers get answers, but later cutovers, rollbacks, new keys and limits have no effect there.",
    check: [
      on("See how old each gateway's snapshot is.", "System", "/system"),
      act("Read in the gateway's log why it cannot read the snapshot. The database may be down or slow."),
    ],
    first: act("Fix its connection to the database: check the address, the network and free connections."),
    next: [
      act("Do not start a cutover or rollback until the data is current. It would have no effect on this gateway."),
      act("Do not restart the gateway while the database is down: a new process has no routing data."),
    ],
    escalate: "To the database team: after 15 minutes, or at once if you need a rollback and the snapshot stays old.",
    over: "The snapshot on System is seconds old. The alert ends after 30 s.",
  },
  pool_saturated: {
    means:
      "A pool had no capacity for some requests within their time limit. Such requests use their tenant's fallback or are refused with 429.",
    check: [
      TRAFFIC,
      on("Check whether all of its nodes serve requests, and how many of their slots are used.", "Pools", "/pools"),
      act("Read the findings on the alert. Adapters that evict each other make a pool look full."),
    ],
    first: on("If one tenant sends far more than usual, set or lower its limit under Routing.", "Tenants", "/tenants"),
    next: [
      on("Bring back nodes that are cordoned, draining or down.", "Nodes", "/nodes"),
      act("Set a fallback for tenants without one: a fallback answer is better than an error."),
      act("If the load is permanent, add a node to the pool."),
    ],
    escalate:
      "To the capacity owner: if requests are refused for more than 10 minutes and no single tenant is the cause.",
    over: "Requests start in time and the queue is short. The alert ends after a minute in this state.",
  },
  evictions: {
    means:
      "More adapters are active than a node has GPU slots, so they evict each other. Each swap costs its request 30 to 50 ms, and throughput falls.",
    check: [
      act(
        "Read the cause. The alert names one only if its figure was abnormal in the bad minutes and normal in the good ones.",
      ),
      on("See which adapter evicted which: open the node, then Swaps.", "Nodes", "/nodes"),
      TRAFFIC,
    ],
    first: on(
      "Compare active adapters with GPU slots. The alert proposes a setting and predicts its effect. A rollout takes one node at a time.",
      "Pools",
      "/pools",
    ),
    next: [
      act("Without memory for more slots, plan the pool's placement so that each node holds fewer adapters."),
      act("Set the pool's batch wait to up to 50 ms, so that requests of one adapter run together."),
      act("If one tenant's burst is the cause, limit that tenant until the burst has ended."),
    ],
    escalate:
      "To the capacity owner: if there is no memory for more slots and a latency objective is burning its error budget.",
    over: "Latency falls. The alert ends after a minute with fewer evictions over 5 minutes than 80 % of the threshold.",
  },
  swap_source: {
    means:
      "A node read weights from disk for a request, because its CPU cache does not hold all of its adapters. That adds at least half a second to the request.",
    check: [
      on("See which tier each adapter's weights came from: open the node, then Swaps.", "Nodes", "/nodes"),
      act(
        "Compare max_cpu_loras with the number of tenants in the pool. It should be 1.2 times that number, rounded up.",
      ),
      act("Loads that Switchyard requests, such as after a restart, are expected and not counted."),
    ],
    first: on("Roll out a larger max_cpu_loras to the pool.", "Pools", "/pools"),
    next: [
      act("If host memory is insufficient, lower max_loras instead, or spread the adapters over more nodes."),
      act("Retire versions that are no longer needed. All resident versions count, not only live ones."),
    ],
    escalate: "To the capacity owner: if host memory is full and replies are slow.",
    over: "No swap from disk in 5 minutes. The alert ends after a minute in this state.",
  },
  version_quarantined: {
    means:
      "The stored bytes of a version differ from those that were checked. Nodes that have it in memory keep answering correctly, but it is never loaded again. A restart loses it.",
    check: [
      act("Open the version from the alert. Its report shows the file with the expected and the actual digest."),
      on("Check the state of the adapter store, and whether other versions are affected.", "System", "/system"),
      on("See the tenant's latest changes and who made them.", "Audit", "/audit"),
    ],
    first: act(
      "If it is live, serve the previous version (the alert offers it). Do not restart its nodes before that.",
    ),
    next: [
      act("Upload the original files as a new version, run its gate, and cut over."),
      act("Check the disk, and who has write access to the adapter store."),
    ],
    escalate: "To the security team, at once, if the cause is unknown or several tenants are affected.",
    over: "A version with correct bytes is live. The alert ends when the damaged version is deleted.",
  },
  fallback_share: {
    means:
      "At least 20 % of a tenant's answers come from a fallback: the previous version, the base model or a hosted provider. The tenant gets answers, but not from its own version.",
    check: [
      act(
        "Read the cause. The data of the affected minutes confirms it, or the gateway reports it, such as a failed node.",
      ),
      on("Open the tenant, then Routing, to see why its own version does not answer.", "Tenants", "/tenants"),
      on("Open some of its requests. Each shows which nodes and fallbacks were tried.", "Requests", "/requests"),
    ],
    first: act("Restore what serves its version: the node that is down, or the version that is not routable."),
    next: [
      act("If a new version is the cause, roll its cutover back, or serve the previous version."),
      act("After 5 minutes an incident is drafted. Review its text for the customer and publish it."),
    ],
    escalate:
      "To the customer's contact: after 30 minutes, or at once if the customer's tools do not work with the fallback.",
    over: "The tenant's own version answers again. The alert ends after a minute below the threshold.",
  },
  requests_failing: {
    means:
      "At least 10 % of a tenant's requests get an error instead of an answer. Neither its own version nor its fallback answers them. The alert is for tenants without an availability objective.",
    check: [
      on(
        "Filter the tenant's requests by outcome. Each shows its error and the nodes that were tried.",
        "Requests",
        "/requests",
      ),
      on("Check whether one node answers all the failed requests.", "Nodes", "/nodes"),
      on("Check what its fallback is, and whether it can answer.", "Tenants", "/tenants"),
    ],
    first: act("Serve the previous version if errors began with a new one. Otherwise cordon the node that fails."),
    next: [
      act("If its fallback is set to reject, choose the base model until its own version answers."),
      on("Open an incident so that the customer is informed.", "Incidents", "/incidents"),
    ],
    escalate: "To the infrastructure team: at once if several tenants of one pool are affected.",
    over: "Fewer than 5 % of its requests fail. The alert ends after two minutes below that.",
  },
  burn_fast: {
    means:
      "An objective's error budget will run out within days at most. Many requests are slow, fail or use a fallback now.",
    check: [
      act("Find the node in the alert's chart, and the tenants under Tenants affected."),
      act("Read its findings. Each shows how well it explains the alert, and the data behind it."),
      CHANGES,
    ],
    first: act("If something changed shortly before, undo it: roll back the cutover, the setting or the override."),
    next: [
      act("If one node answers most slow requests, drain it, and check that the others handle the traffic."),
      act("If one tenant sends far more than usual, set or lower its limit."),
      on(
        "Open some slow requests, and see whether the queue, the first token or generation took the time.",
        "Requests",
        "/requests",
      ),
    ],
    escalate: "After 15 minutes without a known cause, or at once if several tenants miss their objectives.",
    over: "The burn rate of the shorter window (5 or 30 minutes) is below its limit. The alert ends a minute later.",
  },
  burn_slow: {
    means:
      "A small share of requests constantly misses the objective. At this rate its error budget runs out. It can wait until working hours.",
    check: [
      on("See how much budget is left, and how fast it burns.", "Objectives", "/settings/objectives"),
      act("Check in the chart over days whether it is constant, at certain hours, or since a certain change."),
    ],
    first: act("Read its findings and fix what they name: slots, CPU cache, or batches with many adapters."),
    next: [
      CHANGES,
      act("If the objective was never realistic, agree on another target with its owner. Do not only mute the alert."),
    ],
    escalate: "To the capacity owner, in working hours, if less than a quarter of the budget is left.",
    over: "The burn rate of the last 6 hours is within the budget. The alert ends a minute later.",
  },
  p95_over: {
    means: "In the last 5 minutes, more than 5 % of replies took longer than their objective allows.",
    check: [
      act("Find the node in the alert's chart, and the tenants under Tenants affected."),
      on("Open some slow requests and see where their time went.", "Requests", "/requests"),
      act(
        "A slow queue means a full pool. A slow first token means swaps or long prompts. Slow generation means batches with many adapters.",
      ),
    ],
    first: act("Read the findings on the alert, and take the first of its suggested actions."),
    next: [
      act("If one node answers most slow requests, drain it, and check that the others handle the traffic."),
      CHANGES,
    ],
    escalate: "When the alert for a fast-burning error budget fires.",
    over: "The p95 of 5 minutes is below the objective. The alert ends after 2 minutes in this state.",
  },
  node_drift: {
    means:
      "A node holds adapters that Switchyard did not load. They use slots and memory, and their names may not match their content. Switchyard never routes to them.",
    check: [
      on("Open the node, then Drift, to see the adapters and their paths.", "Nodes", "/nodes"),
      act("Find out what else loads adapters there: a script, a person, or another Switchyard."),
    ],
    first: act("In that tab, unload adapters that are not needed, or adopt those that belong to a tenant."),
    next: [
      act("Restrict vLLM's load and unload endpoints to Switchyard."),
      act("If it happens again, set the pool's drift policy to remove. Switchyard then unloads such adapters."),
    ],
    escalate: "To the security team, if you cannot find out what loads adapters there.",
    over: "The node holds only adapters that Switchyard loaded. The alert ends after 30 s.",
  },
  scrape_stale: {
    means:
      "A node responds, but its metrics were not scraped for a minute. Its charts have a gap, and alerts on its evictions neither fire nor end.",
    check: [
      on("Check whether the scrape job is on time. If not, every node is affected.", "System", "/system"),
      act("On the worker's machine, check that curl <base URL>/metrics answers within a few seconds."),
    ],
    first: act(
      "If it does not answer there, follow the runbook of a node that is down. If it does, read the worker's log.",
    ),
    next: [
      act("Check any proxy in between: it may refuse /metrics or truncate a large page."),
      act("Until then, rely only on request figures: they come from the gateway."),
    ],
    escalate: "To the network team: if several nodes are affected and the scrape job is on time.",
    over: "The charts of the node continue. The alert ends after 30 s.",
  },
  gate_stuck: {
    means:
      "An evaluation has made no progress for ten minutes, so a version waits for its verdict. Live traffic is not affected.",
    check: [
      on("Open the run: which prompts have no answer, and what it waits for.", "Evals", "/evals"),
      on("Check whether the evals job is on time.", "System", "/system"),
    ],
    first: act("Restore what it waits for: a node with both versions loaded, or the gateway."),
    next: [
      act("Customers' requests come first. In a busy hour the run continues when there is capacity."),
      act("If nothing moves although everything is available, cancel the run and start it again."),
    ],
    escalate: "In working hours, unless an incident depends on this version.",
    over: "The run continues or has ended. The alert ends after 30 s.",
  },
  guard_breached: {
    means:
      "A new version did worse than the live one during its cutover, and the guard rolled it back. Customers are on the previous version. Nothing has to be undone.",
    check: [
      on("Open the cutover: which signal failed, and by how much.", "Cutovers", "/cutovers"),
      act("On the tenant's page, check that the previous version is live and the tenant is Healthy."),
    ],
    first: act("Keep the previous version live. Tell the owner of the adapter which signal failed."),
    next: [
      act("Compare the two versions, and add prompts like those that failed to the tenant's suite."),
      act("If the live version got worse too, the cause is the node or the pool. Check it before you try again."),
    ],
    escalate: "To the owner of the adapter, in working hours. At once if the tenant is not Healthy after the rollback.",
    over: "Nothing to wait for. The alert is shown for an hour and then ends.",
  },
  gate_expired: {
    means:
      "The passes of live versions have expired, because the suite, the base model, the engine or the pool's settings changed. The versions keep serving.",
    check: [
      on("See which versions are affected, and what changed.", "Evals", "/evals"),
      act("If a rollout of settings or an engine is in progress, wait until it completes."),
    ],
    first: on("Run the gates of these versions again, as a bulk run.", "Evals", "/evals"),
    next: [act("A pass ends the alert. After a fail, decide whether to undo the change or the version.")],
    escalate: "In working hours. At once if a gate now fails on answers that customers rely on.",
    over: "Every live version of the pool has a valid pass. The alert ends after 30 s.",
  },
  batch_stopped: {
    means:
      "A batch of cutovers stopped because too many of its rows failed. Completed rows stay completed; the others wait.",
    check: [
      on("Open the batch from the alert, and see which rows failed and why.", "Cutovers", "/cutovers"),
      act("Check whether all rows failed for one reason (a node, a setting), or each version for its own."),
    ],
    first: act("Fix a common cause first. It would fail the next rows too."),
    next: [
      act("Continue or end the batch on its page. Ending it changes nothing that is live."),
      act("Return versions that failed their checks to the team that trained them."),
    ],
    escalate: "In working hours, unless the batch has a deadline.",
    over: "The batch was continued or ended. The alert ends immediately.",
  },
  key_expiring: {
    means: "An API key expires within a week, or expired since yesterday. Requests with it are then refused with 401.",
    check: [
      act("Check whether it is in use: its page shows its last use. The alert names its owner."),
      on("See who created it.", "Audit", "/audit"),
    ],
    first: on("Create a new key and switch to it. Both keys are valid during the change.", "Tenants", "/tenants"),
    next: [
      act("When the old key is no longer used, revoke it. That ends the alert."),
      act("If a pipeline uses the key, also replace it where the pipeline stores it."),
    ],
    escalate: "To the customer's contact: if the key is in use and expires within a day.",
    over: "The key is revoked, or expired a day ago. The alert ends immediately.",
  },
};
