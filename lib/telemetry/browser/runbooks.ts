import type { AlertRule } from "./alert-kinds.ts";

/** One thing to do or to look at, with the page of the console where it is done. */
export type RunbookStep = { text: string; page?: { label: string; href: string } };

/** What to do about an alert, for somebody who was just woken by it. */
export type Runbook = {
  /** What it says, and what customers notice of it. */
  means: string;
  /** How to see whether it is true, and how bad it is. */
  check: readonly RunbookStep[];
  first: RunbookStep;
  next: readonly RunbookStep[];
  escalate: string;
  /** What it looks like when it is over, and when the alert ends. */
  over: string;
};

const on = (text: string, label: string, href: string): RunbookStep => ({ text, page: { label, href } });
const say = (text: string): RunbookStep => ({ text });

const TRAFFIC = on("See which tenant sends what at this moment, and what waits.", "Traffic", "/traffic");
const CHANGES = on(
  "Look what was changed shortly before it began: most trouble follows a change.",
  "Changes",
  "/changes",
);
const NODES = on("Look at the node: when it was seen last, what it holds, and its latest events.", "Nodes", "/nodes");

/** By rule: a rule without one does not compile. Large: for the help pages only. */
export const RUNBOOKS: Record<AlertRule, Runbook> = {
  node_down: {
    means:
      "Switchyard gets no answer from a vLLM server. Its tenants are answered by the other nodes of the pool; where there is none, by their fallback, or not at all.",
    check: [
      NODES,
      say("On its machine: does the process run, and does curl <base URL>/health answer 200?"),
      say("In its log: out of memory, a CUDA or Xid error, or a stop that somebody asked for."),
    ],
    first: on(
      "Start the process again with the launch command of its pool (open the pool, then Launch). What it held is loaded again by itself.",
      "Pools",
      "/pools",
    ),
    next: [
      say("If it comes and goes, cordon it on its page: requests stop trying it first."),
      on("See whether the other nodes bear the traffic, or requests wait.", "Traffic", "/traffic"),
      say("If it was the only node of its pool, tell the tenants that are hit: open an incident from the alert."),
    ],
    escalate:
      "When it is not back within 10 minutes and its tenants have no other node, or the log tells of a broken GPU: whoever runs the machines.",
    over: "The node is Restoring, then Healthy, and its live versions are Routable. The alert ends after 30 s of answers.",
  },
  gateway_silent: {
    means:
      "No gateway has told anything for a minute. Either none runs, and customers get no answers at all, or those that run do not reach the database and answer by what they knew last.",
    check: [
      on("See when each gateway was seen last.", "System", "/system"),
      say("From outside: curl -i <gateway>/livez. An answer means that it runs; /readyz says what it misses."),
      say("On its machine: does the process run, and what is the last line of its log?"),
    ],
    first: say("If /livez does not answer, start the gateway again. If it answers, mend its way to the database."),
    next: [
      say("While it answers but does not reach the database, do not restart it: a new one knows no routing yet."),
      say("See whether the database takes connections: its log tells when all are in use."),
      say("Open an incident from the alert: every tenant may be hit."),
    ],
    escalate: "At once, when /livez does not answer and one restart has not helped: this is all customers.",
    over: "System shows a gateway seen seconds ago, and Traffic moves again. The alert ends after 30 s of reports.",
  },
  gateway_stale: {
    means:
      "A gateway routes by what the catalog said a while ago. Customers are answered, but a cutover, a rollback, a new key or a limit of since then does not count there.",
    check: [
      on("See how old each gateway's snapshot is.", "System", "/system"),
      say("In the gateway's log: why the snapshot could not be read, such as a database that is away or slow."),
    ],
    first: say("Mend its way to the database: address, network, and connections that are left."),
    next: [
      say("Start no cutover and no rollback until it is current: it would not count."),
      say("Do not restart the gateway while the database is away: a new one knows no routing at all."),
    ],
    escalate: "When a rollback is needed and the snapshot stays old, or after 15 minutes: whoever runs the database.",
    over: "The snapshot on System is seconds old. The alert ends after 30 s.",
  },
  pool_saturated: {
    means:
      "A pool had no room for requests within their time. New ones go where their tenant's fallback says, or are refused with 429.",
    check: [
      TRAFFIC,
      on("See whether all of its nodes serve, and how their slots are used.", "Pools", "/pools"),
      say("Read the findings on the alert: adapters that push each other out make a pool look full."),
    ],
    first: on("If one tenant sends far more than usual, set or lower its limit, under Routing.", "Tenants", "/tenants"),
    next: [
      on("Bring back nodes that are cordoned, draining or down.", "Nodes", "/nodes"),
      say("Let fallbacks answer where a tenant has none: availability comes before customisation."),
      say("Add a node to the pool when the load is here to stay."),
    ],
    escalate:
      "When requests are refused for more than 10 minutes and no single tenant is behind it: whoever may add capacity.",
    over: "Requests get a place in time and the queue is short. The alert ends after a minute of that.",
  },
  evictions: {
    means:
      "More adapters are asked for than a node has GPU slots for, so they push each other out. Each swap costs its request 30 to 50 ms, and throughput falls.",
    check: [
      say("Read the cause: it is named only when it was out of range in the bad minutes and not in the good ones."),
      on("See who pushed out whom: open the node, then Swaps.", "Nodes", "/nodes"),
      TRAFFIC,
    ],
    first: on(
      "Roll out more slots to the pool: the alert proposes how many, and predicts what that brings. It takes one node at a time.",
      "Pools",
      "/pools",
    ),
    next: [
      say("Without memory for more slots, plan the pool's placement so that each node holds fewer adapters."),
      say("Let the pool hold requests up to 50 ms (its batch wait), so that those of one adapter go together."),
      say("If one tenant's burst is behind it, limit that tenant until the burst is over."),
    ],
    escalate: "When there is no memory for more slots and a latency objective burns: whoever may add a node.",
    over: "Evictions over 5 minutes are below the threshold and p95 falls back. The alert ends after a minute of that.",
  },
  swap_source: {
    means:
      "A node read weights from disk for a request: its CPU cache does not hold all of its adapters. Such a request waits half a second and more.",
    check: [
      on("See what was read from where: open the node, then Swaps.", "Nodes", "/nodes"),
      say("Compare max_cpu_loras with the tenants of the pool: it should be 1.2 times as many, rounded up."),
      say("Loads that Switchyard asked for, such as after a restart, are left out: they are no fault."),
    ],
    first: on("Roll out a larger max_cpu_loras to the pool.", "Pools", "/pools"),
    next: [
      say("Where host memory is short, lower max_loras instead, or spread the adapters over more nodes."),
      say("Retire versions that nobody needs: what is resident counts, not only what is live."),
    ],
    escalate: "When host memory is full and replies are slow: whoever may add memory or a node.",
    over: "No swap from disk in 5 minutes. The alert ends after a minute of that.",
  },
  version_quarantined: {
    means:
      "The stored bytes of a version are not those that were checked. Nodes that have it in memory go on answering with the right ones, but nothing loads it again: a restart loses it.",
    check: [
      say("Open the version from the alert: its report names the file, and what was expected and found."),
      on("See whether other versions are hit, and whether the adapter store is well.", "System", "/system"),
      on("See who did what on the tenant before it.", "Audit", "/audit"),
    ],
    first: say("If it is live, serve the previous version (the alert offers it). Restart none of its nodes before."),
    next: [
      say("Add the files again as a new version from where they came, run its gate, and cut over."),
      say("Look at the disk and at who may write to the adapter store: files do not change by themselves."),
    ],
    escalate:
      "At once, to whoever answers for security, when nobody can say why the bytes changed or several tenants are hit.",
    over: "A version with right bytes is live. The alert ends when the damaged version is deleted.",
  },
  fallback_share: {
    means:
      "A fifth or more of a tenant's answers come from something else than its own version: the version before, the base model, or a hosted provider. It is answered, but not by its model.",
    check: [
      say("Read the cause: it is confirmed by its minutes, or the gateway's own reason, such as a node that failed."),
      on("Open the tenant, then Routing: why its own version does not answer.", "Tenants", "/tenants"),
      on("Look at some of its requests: each tells what was tried.", "Requests", "/requests"),
    ],
    first: say("Bring back what its version is served by: the node that is down, or the version that is not routable."),
    next: [
      say("If a new version is behind it, roll its cutover back, or serve the previous version by hand."),
      say("After 5 minutes an incident is drafted: read its text for the customer, and publish it."),
    ],
    escalate:
      "When the customer's tools do not work with the fallback, or after 30 minutes: whoever looks after the customer.",
    over: "The tenant's requests are answered by its own version. The alert ends after a minute below the share.",
  },
  burn_fast: {
    means:
      "A promise to customers is broken so fast that its budget is gone within days at most: many requests are slow, fail or get a fallback right now.",
    check: [
      say("See in the alert's chart which node is behind it, and under Tenants affected which tenants."),
      say("Read its findings: each says how far it explains the alert, and what that rests on."),
      CHANGES,
    ],
    first: say(
      "Undo what changed shortly before, if anything did: roll back the cutover, revert the setting or control.",
    ),
    next: [
      say("If one node answers most of what is slow, drain it, and see whether the rest bears the traffic."),
      say("If one tenant sends far more than usual, limit it."),
      on("See where time goes in some slow requests: waiting, first token, or the rest.", "Requests", "/requests"),
    ],
    escalate: "When the cause is not known after 15 minutes, or it breaks for several tenants at once.",
    over: "The shorter window (5 or 30 minutes) burns below its limit. The alert ends a minute after.",
  },
  burn_slow: {
    means:
      "A promise to customers is broken a little all the time: at this pace its budget does not last. Nobody need get up for it.",
    check: [
      on("See what is left of the budget, and how fast it goes.", "Objectives", "/settings/objectives"),
      say("Look at the chart over days: always, at certain hours, or since a certain change."),
    ],
    first: say("Read its findings, and mend what they name: slots, CPU cache, or batches of many adapters."),
    next: [
      CHANGES,
      say(
        "If the promise was never realistic, agree on another target with whoever gave it: do not merely silence it.",
      ),
    ],
    escalate: "In working hours, to whoever plans capacity, when less than a quarter of the budget is left.",
    over: "The last 6 hours burn slower than the budget allows. The alert ends a minute after.",
  },
  p95_over: {
    means: "Of the last 5 minutes, more than one reply in twenty took longer than was promised.",
    check: [
      say("See in the alert's chart which node is behind it, and under Tenants affected who waits."),
      on("Open some slow requests and see where their time went.", "Requests", "/requests"),
      say(
        "Waiting: the pool is full. Before the first token: swaps, or long prompts. After it: batches of many adapters.",
      ),
    ],
    first: say(
      "Read the findings on the alert, and do the first of its suggested actions: it names the likeliest cause.",
    ),
    next: [
      say("If one node answers most of what is slow, drain it, and see whether the rest bears the traffic."),
      CHANGES,
    ],
    escalate: "When it becomes a fast burn of the objective, which is an alert of its own.",
    over: "The p95 of 5 minutes is below the objective. The alert ends after 2 minutes of that.",
  },
  node_drift: {
    means:
      "A node lists adapters that nobody asked for. They take slots and memory, and may be of another version than their name says. Switchyard never routes to them.",
    check: [
      on("Open the node, then Drift: what it holds, and from which path.", "Nodes", "/nodes"),
      say("Ask who else loads adapters there: a script, a person, or another Switchyard."),
    ],
    first: say("Unload on that page what nobody needs, or adopt what belongs to a tenant here."),
    next: [
      say("Close vLLM's load and unload endpoints to everybody but Switchyard."),
      say("Set the pool's drift policy to remove if it comes back: then Switchyard unloads it."),
    ],
    escalate: "When nobody knows who loads there: whoever answers for security.",
    over: "The node lists only what was asked for. The alert ends after 30 s.",
  },
  scrape_stale: {
    means:
      "A node answers, but its metrics were not read for a minute. Its charts have a gap, and nobody can tell whether it evicts: alerts on that neither fire nor end.",
    check: [
      on("See whether the scrape loop is on time: if it is not, every node is hit.", "System", "/system"),
      say("From the worker's machine: does curl <base URL>/metrics answer within a few seconds?"),
    ],
    first: say(
      "If the node does not answer there, look at it as if it were down; if it does, look at the worker's log.",
    ),
    next: [
      say("A proxy in between may refuse /metrics, or a page that is too large may be cut."),
      say("Until it is seen again, believe its requests' figures only: those come from the gateway."),
    ],
    escalate: "When more than one node is hit and the scrape loop is on time: whoever runs the network.",
    over: "The charts of the node go on. The alert ends after 30 s.",
  },
  gate_stuck: {
    means:
      "An evaluation has made no progress for ten minutes, so a version waits for its verdict. What is live is not hit.",
    check: [
      on("Open the run: which prompts miss an answer, and what it waits for.", "Evals", "/evals"),
      on("See whether the evals loop is on time.", "System", "/system"),
    ],
    first: say("Bring back what it waits for: a node that has both versions loaded, or the gateway."),
    next: [
      say("Customers' requests come before evaluations: in a busy hour it goes on by itself once there is room."),
      say("Cancel the run and start it again when nothing moves though everything is there."),
    ],
    escalate: "In working hours, unless somebody waits for this version to end an incident.",
    over: "The run goes on or has ended. The alert ends after 30 s.",
  },
  guard_breached: {
    means:
      "A new version did worse than the live one while it had a share of the traffic, and the guard took it back. Customers are on the version before: nothing need be undone.",
    check: [
      on("Open the cutover: which signal was breached, and by how much.", "Cutovers", "/cutovers"),
      say("See on the tenant's page that its route says the version before, and that it is Healthy."),
    ],
    first: say("Leave it rolled back. Tell whoever trained the version which signal was breached."),
    next: [
      say("Compare the two versions, and add prompts like those that failed to the tenant's suite."),
      say("If the live version got worse as well, the node or pool is the cause: look there before trying again."),
    ],
    escalate:
      "In working hours, to the owner of the adapter. At once when the tenant is not Healthy after the rollback.",
    over: "Nothing is to be waited for: it is told for an hour, and then ends.",
  },
  gate_expired: {
    means:
      "Live versions stand behind a pass that says nothing about today any more: the suite, the base, the engine or the pool's settings changed since. They go on serving.",
    check: [
      on("See which versions, and what changed.", "Evals", "/evals"),
      say("If somebody is rolling out settings or an engine right now, wait until that is done."),
    ],
    first: on("Run the gates of these versions again, as a bulk run.", "Evals", "/evals"),
    next: [say("A pass closes it. For a fail, weigh what to take back: the change, or the version.")],
    escalate: "In working hours. At once when a gate now fails on answers that customers rely on.",
    over: "Every live version of the pool has a pass that stands. The alert ends after 30 s.",
  },
  batch_stopped: {
    means:
      "A batch of cutovers stopped by itself, because too many of its rows failed. Rows that are done stay done; the rest wait.",
    check: [
      on("Open the batch from the alert: which rows failed, and why.", "Cutovers", "/cutovers"),
      say("Is it one cause for all (a node, a setting), or each version's own?"),
    ],
    first: say("Mend a common cause first; it would fail the next rows too."),
    next: [
      say("Let the batch go on, or end it, on its page. Nothing that is live changes by ending it."),
      say("Versions that failed their own checks go back to whoever trained them."),
    ],
    escalate: "In working hours, unless the batch is part of a move with a date.",
    over: "The batch goes on or was ended. The alert ends at once.",
  },
  key_expiring: {
    means: "An API key ends within a week, or ended since yesterday. From then on whoever uses it is refused with 401.",
    check: [
      say("Is it used? Its page shows when last, and the alert says whose it is."),
      on("Find who made it.", "Audit", "/audit"),
    ],
    first: on(
      "Create its successor and hand it over: two keys may live side by side while one is replaced.",
      "Tenants",
      "/tenants",
    ),
    next: [
      say("Once the old key is not used any more, revoke it: that ends the alert."),
      say("A key of the platform, such as a pipeline's, is replaced where that pipeline keeps it."),
    ],
    escalate: "To whoever looks after the customer, when it is used, ends within a day and nobody answers.",
    over: "The key is revoked, or ended a day ago. The alert ends at once.",
  },
};
