import type { AlertRule } from "../browser/alert-kinds.ts";
import type {
  AlertChange,
  AlertDetail,
  AlertEvidence,
  AlertFinding,
  AlertSubject,
  SuggestedAction,
} from "../browser/alert-schema.ts";
import { fallbackSentence } from "../fallback-words.ts";

export type ExplainFacts = {
  rule: AlertRule;
  subject: AlertSubject;
  evidence: AlertEvidence;
  startedAt: Date;
  /** What it came from, in a sentence; null = it stands for itself. */
  causedBy: string | null;
  /** Newest first. */
  changes: readonly AlertChange[];
  /** The tenant's live version has one before it. */
  hasPrevious: boolean;
  /** What detectors saw where it is served, what explains most first. */
  findings: readonly AlertFinding[];
};

const RECENT_MS = 15 * 60_000;

/** The likely cause, and how much stands behind it. high = the source says so, or two measured figures do. */
export function likelyCause(facts: ExplainFacts): AlertDetail["cause"] {
  if (facts.causedBy !== null) return { sentence: `It came with another: ${facts.causedBy}`, confidence: "high" };
  return (
    provenCause(facts) ??
    foundCause(facts, "likely") ??
    ownCause(facts) ??
    changeBefore(facts) ??
    foundCause(facts, "possible") ?? { sentence: "Nothing found so far explains it.", confidence: "low" }
  );
}

/** A detector weighs more than the rule does; what rests on an estimate is no certainty. */
function provenCause({ findings: [finding] }: ExplainFacts): AlertDetail["cause"] | null {
  if (finding?.weight !== "proven") return null;
  const isEstimate = finding.evidence.some(({ figure }) => figure.source === "inferred");
  return { sentence: `${finding.sentence} ${finding.cause}`, confidence: isEstimate ? "medium" : "high" };
}

/** What stands where it is served, after what its own requests tell: it lies near, and no more is known. */
function foundCause(facts: ExplainFacts, weight: AlertFinding["weight"]): AlertDetail["cause"] | null {
  const [finding] = facts.findings;
  if (finding?.weight !== weight) return null;
  const told = weight === "likely" ? (ownCause(facts)?.sentence ?? null) : null;
  const sentence = [told, finding.sentence, finding.cause].filter((one) => one !== null).join(" ");
  return { sentence, confidence: weight === "likely" ? "medium" : "low" };
}

function ownCause({ rule, evidence }: ExplainFacts): AlertDetail["cause"] | null {
  const { reason, adapters } = evidence;
  switch (rule) {
    case "evictions":
    case "swap_source": {
      if (adapters === null || adapters.asked <= adapters.slots) return null;
      const { asked, slots } = adapters;
      const sentence = `${asked} different adapters were asked for in 5 min against ${slots} slots: they push each other out.`;
      return { sentence, confidence: "high" };
    }
    case "fallback_share": {
      const sentence = fallbackSentence(null, reason);
      return sentence === null
        ? null
        : { sentence: sentence.replace("Nothing answered: ", "Its fallback answers: "), confidence: "high" };
    }
    case "burn_fast":
    case "burn_slow":
    case "p95_over":
      return reason === null ? null : { sentence: reason, confidence: "medium" };
    case "key_expiring":
      return { sentence: "It was created with this end.", confidence: "high" };
    case "node_down":
    case "gateway_silent":
    case "gateway_stale":
    case "pool_saturated":
    case "version_quarantined":
    case "node_drift":
    case "gate_stuck":
    case "guard_breached":
    case "gate_expired":
    case "batch_stopped":
      return reason === null || reason === "" ? null : { sentence: reason, confidence: "high" };
    case "scrape_stale":
      return null;
  }
}

/** What was changed nearby, shortly before. */
function changeBefore({ changes, startedAt }: ExplainFacts): AlertDetail["cause"] | null {
  const near = changes.find(({ at, isNear }) => isNear && startedAt.getTime() - Date.parse(at) <= RECENT_MS);
  if (near === undefined) return null;
  return { sentence: `Shortly before, this was changed: ${near.title}.`, confidence: "medium" };
}

const page = (label: string, effect: string, href: string): SuggestedAction => ({
  label,
  effect,
  undo: null,
  control: null,
  objectId: null,
  objectName: null,
  href,
});

const onNode = ({ id, name }: AlertSubject, control: "cordon" | "drain"): SuggestedAction => ({
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

/** At most three steps, the one most likely to help first: what a detector computed comes before what usually helps. */
export function suggestActions(facts: ExplainFacts): SuggestedAction[] {
  const usual = usualActions(facts);
  const [finding] = facts.findings;
  if (finding?.fix.action == null) return usual;
  const { label, href } = finding.fix.action;
  const place = (link: string) => link.split("?")[0];
  const first = { ...page(label, effectOf(finding), href), undo: finding.fix.undo };
  const others = usual.filter((action) => place(action.href) !== place(href));
  // what may not be behind it comes after what usually helps
  return (finding.weight === "possible" ? [...others, first] : [first, ...others]).slice(0, 3);
}

const effectOf = ({ fix, forecast }: AlertFinding): string =>
  forecast === null
    ? fix.sentence
    : `${fix.sentence} Predicted: ${forecast.what.toLowerCase()} ${Math.round(forecast.before)} → ${Math.round(forecast.after)} ${forecast.unit} (forecast).`;

function usualActions({ rule, subject, hasPrevious, evidence }: ExplainFacts): SuggestedAction[] {
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
      return [
        page("Change the pool's slots", slotsEffect(evidence), `${pool}/rollouts`),
        page("Plan its placement", "Shows what fewer adapters on this node would come to.", `${pool}/placement`),
        onNode(subject, "drain"),
      ];
    case "swap_source":
      return [
        page("Change the pool's CPU cache", "Weights that fit there are not read from disk.", `${pool}/rollouts`),
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
      return [
        page("Open its routing", "Shows why its own version does not answer.", `/tenants/${subject.id}/routing`),
        ...(hasPrevious ? [forTenant(subject, "serve_previous")] : []),
        forTenant(subject, "serve_fallback"),
      ];
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

const forGuarded = ({ id }: AlertSubject): SuggestedAction[] => [
  page("Open cutovers", "Shows the breached signal beside the live version's.", "/cutovers"),
  page("Open the version", "Shows its gate, and where it is loaded.", `/versions/${id}`),
];

const forBatch = ({ id }: AlertSubject): SuggestedAction =>
  page("Open the batch", "Shows why a row failed; it can go on, or be ended, there.", `/cutovers/batches/${id}`);

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
      page("Open its charts", "Shows which node or tenant stands behind it.", `/charts?pool=${poolId}`),
      page("See who sends what", "Shows each tenant's requests of this moment.", "/traffic"),
      objectives,
    ];
  return [
    page("See its requests", "Each tells where its time went, and what answered it.", `/requests?tenant=${tenantId}`),
    ...(hasPrevious ? [forTenant({ id: tenantId, name }, "serve_previous")] : []),
    objectives,
  ];
}

const slotsEffect = ({ adapters }: AlertEvidence): string =>
  adapters !== null && adapters.asked > adapters.slots
    ? `With ${adapters.asked} slots instead of ${adapters.slots}, every adapter that was asked for has one. Each takes GPU memory.`
    : "More slots mean fewer evictions. Each takes GPU memory.";
