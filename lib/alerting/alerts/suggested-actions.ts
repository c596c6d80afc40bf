import type { AlertSubject, SuggestedAction } from "../browser/alert-schema.ts";
import type { AlertRule } from "../browser/rule-table.ts";

export type ActionFacts = {
  rule: AlertRule;
  subject: AlertSubject;
  /** The tenant's live version has one before it. */
  hasPrevious: boolean;
};

/** A page to open. */
export const page = (label: string, effect: string, href: string): SuggestedAction => ({
  label,
  effect,
  undo: null,
  control: null,
  objectId: null,
  objectName: null,
  href,
});

/** Takes a node out of the way. */
export const onNode = ({ id, name }: { id: string; name: string }, control: "cordon" | "drain"): SuggestedAction => ({
  label: control === "cordon" ? `Cordon ${name}` : `Drain ${name}`,
  effect: "New requests go to the other nodes of its pool; where there is none, to each tenant's fallback.",
  undo: "Revert it: the node takes requests again.",
  control,
  objectId: id,
  objectName: name,
  href: `/nodes/${id}`,
});

const forTenant = (
  { id, name }: { id: string; name: string },
  control: "serve_previous" | "serve_fallback",
): SuggestedAction => ({
  label: control === "serve_previous" ? `Serve the previous version to ${name}` : `Serve the fallback to ${name}`,
  effect:
    control === "serve_previous"
      ? "Its requests are answered by the version that was live before."
      : "Its requests are answered by its fallback at once, without trying its own version first.",
  undo: "Revert it: the next request goes to the live version.",
  control,
  objectId: id,
  objectName: name,
  href: `/tenants/${id}`,
});

/** What usually helps with a rule, the first step first. */
export function usualActions({ rule, subject, hasPrevious }: ActionFacts): SuggestedAction[] {
  const nodePage = page(
    `Open ${subject.name}`,
    "Shows what it holds, and what happened on it.",
    `/nodes/${subject.id}`,
  );
  const pool = `/pools/${subject.poolId}`;
  const traffic = page("See who sends what", "Shows each tenant's requests of this moment.", "/traffic");
  switch (rule) {
    case "node_down":
      return [nodePage, onNode(subject, "cordon"), traffic];
    case "evictions":
    case "swap_source":
      return [
        page(
          "Open its swaps",
          "Shows which adapters were loaded, and which were evicted.",
          `/nodes/${subject.id}/swaps`,
        ),
        traffic,
        nodePage,
      ];
    case "pool_saturated":
      return [traffic, page("Open the pool", "Shows its nodes and limits.", pool)];
    case "version_quarantined": {
      const { tenantId, versionId } = subject;
      const tenant = tenantId === null ? null : { id: tenantId, name: "its tenant" };
      const back = tenant === null || !hasPrevious ? [] : [forTenant(tenant, "serve_previous")];
      return [...back, page("Open the version", "Shows which bytes were wrong, and where.", `/versions/${versionId}`)];
    }
    case "fallback_share":
      return [routing(subject), ...answersFrom(subject, hasPrevious)];
    case "requests_failing":
      return [failedRequests(subject), ...answersFrom(subject, hasPrevious)];
    case "burn_fast":
    case "burn_slow":
    case "p95_over":
      return forObjective(subject, hasPrevious);
    case "node_drift":
      return [page("See what differs", "Each name can be adopted or unloaded there.", `/nodes/${subject.id}/drift`)];
    case "scrape_stale":
      return [nodePage];
    case "gate_stuck":
      return forRun(subject);
    case "guard_breached":
      return forGuarded(subject);
    case "gate_expired":
      return [page("Open the gates", "Shows each tenant's newest gate; a bulk run starts them again.", "/evals")];
    case "batch_stopped":
      return [forBatch(subject)];
    case "gateway_silent":
    case "gateway_stale":
      return [page("Open System", "Shows Switchyard's own loops and storage.", "/system")];
    case "key_expiring":
      return [forKey(subject)];
  }
}

const routing = ({ id }: AlertSubject) =>
  page("Open its routing", "Shows why its own version does not answer.", `/tenants/${id}/routing`);
const failedRequests = ({ id }: AlertSubject) =>
  page(
    "Open its failed requests",
    "Shows the error of each, and which nodes were tried.",
    `/requests?tenant=${id}&outcome=failed`,
  );
const answersFrom = (subject: AlertSubject, hasPrevious: boolean): SuggestedAction[] => [
  ...(hasPrevious ? [forTenant(subject, "serve_previous")] : []),
  forTenant(subject, "serve_fallback"),
];

const forGuarded = ({ id }: AlertSubject): SuggestedAction[] => [
  page("Open cutovers", "Shows the breached signal beside the live version's.", "/cutovers"),
  page("Open the version", "Shows its gate, and where it is loaded.", `/versions/${id}`),
];

const forBatch = ({ id }: AlertSubject): SuggestedAction =>
  page("Open the batch", "Shows why a row failed. Continue or end the batch there.", `/cutovers/batches/${id}`);

const forRun = ({ id }: AlertSubject): SuggestedAction[] => [
  page("Open the run", "Shows which prompts miss an answer; it can be cancelled there.", `/evals/runs/${id}`),
  page("Open System", "Shows whether the loop that conducts runs is on time.", "/system"),
];

const forKey = ({ tenantId }: AlertSubject): SuggestedAction =>
  tenantId === null
    ? page("See recent changes of keys", "Tells who made it.", "/audit")
    : page("Open its keys", "Two keys may live side by side while one is replaced.", `/tenants/${tenantId}/access`);

function forObjective({ tenantId, poolId, name }: AlertSubject, hasPrevious: boolean): SuggestedAction[] {
  const objectives = page(
    "Open the objectives",
    "Shows what is left of the budget, and how fast it goes.",
    "/settings/objectives",
  );
  if (tenantId === null)
    return [
      page("Open its charts", "Shows which node or tenant is the cause.", `/charts?pool=${poolId}`),
      page("See who sends what", "Shows each tenant's requests of this moment.", "/traffic"),
      objectives,
    ];
  return [
    page("See its requests", "Each tells where its time went, and what answered it.", `/requests?tenant=${tenantId}`),
    ...(hasPrevious ? [forTenant({ id: tenantId, name }, "serve_previous")] : []),
    objectives,
  ];
}
