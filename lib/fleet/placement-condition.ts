import type { Condition } from "#lib/http/schema.ts";
import { type Finding, moveCondition } from "./conditions.ts";
import type { PlacementRow, RegistrationRow } from "./node-state.ts";
import { probeMessage } from "./reconcile/load-probe.ts";
import type { PlacementState } from "./schema.ts";

const TYPE = "Routable";
/** Off the node; only its files are still spoken for. */
export const UNLOADED = "unloaded";

/** `Routable` of one placement. `failed` reasons carry codes of their own (load errors, digest_mismatch). */
export const routable = {
  proven: (message: string): Finding => ({ type: TYPE, status: "true", reason: "probe_passed", message }),
  /** On its way, or refused: `reason` tells which. */
  not: (reason: string, message: string): Finding => ({ type: TYPE, status: "false", reason, message }),
  unknown: (message: string): Finding => ({ type: TYPE, status: "unknown", reason: "node_unreachable", message }),
};

/** Reasons that mean "on its way". Any other reason of a false condition is a failure. */
const ON_ITS_WAY = new Set(["waiting", "loading", "restoring", "vanished", "load_pending"]);

/** The word the screens show. */
export function placementState(desire: "present" | "absent", condition: Condition | null): PlacementState {
  if (condition?.status === "unknown") return "unknown";
  if (desire === "absent") return "unloading";
  if (condition === null) return "loading";
  if (condition.status === "true") return "routable";
  if (condition.reason === "probing" || condition.reason === "probe_inconclusive") return "probing";
  if (condition.reason === "foreign_path") return "node_drift";
  return ON_ITS_WAY.has(condition.reason) ? "loading" : "failed";
}

export const NOT_POLLED = { reason: "waiting", message: "Waiting for the worker to poll the node." };

/** Reasons of a load that nobody knows the end of. */
export const MAY_TURN_UP: ReadonlySet<string> = new Set(["loading", "load_pending"]);

type Facts = {
  /** undefined = not listed */
  listedRoot: string | null | undefined;
  path: string;
  registration: RegistrationRow | null;
  /** Its bytes are proven, as far as the pool's delivery asks for it. */
  isProven: boolean;
  baseModelMatches: boolean;
  restarted: boolean;
};

/** What the last poll says about a placement; where it says nothing new, what was known stays. */
export function conditionFromFacts(placement: PlacementRow, facts: Facts, now: Date): Condition {
  return moveCondition(placement.condition, findingFromFacts(placement, facts), now);
}

function findingFromFacts(placement: PlacementRow, facts: Facts): Finding {
  if (placement.desire === "absent") return findingWhenUnwanted(placement, facts);
  if (!facts.baseModelMatches)
    return routable.not("base_model_mismatch", "The node serves another base model than its pool.");
  if (facts.listedRoot === undefined) return findingWhenMissing(placement, facts);
  if (facts.listedRoot !== facts.path)
    return routable.not("foreign_path", "This name was loaded from another path. Unload it on the node manually.");
  if (!facts.isProven) return findingWhenUnproven(placement);
  return findingWhenListed(placement, facts.registration);
}

function findingWhenUnwanted(placement: PlacementRow, facts: Facts): Finding {
  if (placement.unloadedAt !== null)
    return routable.not(UNLOADED, "Unloaded. Its files stay until requests that began before have ended.");
  const before = placement.condition;
  const mayTurnUp = before !== null && MAY_TURN_UP.has(before.reason);
  // the node may still be reading it: it is unloaded once it is listed
  if (mayTurnUp && facts.listedRoot === undefined && !facts.restarted) return before;
  return routable.not("unloading", "It is no longer needed here.");
}

function findingWhenMissing(placement: PlacementRow, facts: Facts): Finding {
  if (!placement.isLoadable)
    return routable.not("version_not_ready", "The version may not be loaded any more: it is withdrawn.");
  const before = placement.condition;
  if (facts.restarted) return routable.not("restoring", "The engine restarted; it is being loaded again.");
  if (before === null || before.status === "unknown" || isOutdated(placement, before))
    return routable.not(NOT_POLLED.reason, "Waiting to be loaded.");
  if (before.status === "true" || before.reason === "probing")
    return routable.not("vanished", "The node does not list it any more; it is being loaded again.");
  return before;
}

/** Reasons that say why the bytes of a load do not count. */
export const UNPROVEN = "digest_unproven";

/** Such as after a load whose reply was lost: it is unloaded, and loaded again with the proof. */
function findingWhenUnproven({ condition }: PlacementRow): Finding {
  if (condition?.status === "false" && condition.reason === UNPROVEN) return condition;
  return routable.not(
    UNPROVEN,
    "The node lists it without a proof of the bytes it loaded. It is unloaded, and loaded again.",
  );
}

function findingWhenListed(placement: PlacementRow, registration: RegistrationRow | null): Finding {
  const probe = registration?.probe ?? null;
  if (registration?.state === "routable")
    return routable.proven(probe ? probeMessage(probe) : "Its load probe passed.");
  if (registration?.state === "failed")
    return routable.not(`probe_${probe?.outcome ?? "failed"}`, probe ? probeMessage(probe) : "Its load probe failed.");
  const before = placement.condition;
  // an unclear probe that waits for its next attempt keeps its own words
  if (before?.status === "false" && before.reason.startsWith("probe_") && !isOutdated(placement, before)) return before;
  return routable.not("probing", "Loaded; its effect is being proven.");
}

/**
 * It was said before the placement was wanted anew, or its retry asked for: that it was unloaded, or how its load failed,
 * is no failure of what is about to be tried. A load whose end nobody knows goes on all the same.
 */
const isOutdated = ({ observedGeneration, generation }: PlacementRow, { reason }: Condition): boolean =>
  observedGeneration < generation && !MAY_TURN_UP.has(reason);
