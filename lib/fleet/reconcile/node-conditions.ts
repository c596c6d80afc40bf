import type { Condition } from "#lib/http/schema.ts";
import { engineBackend, type SeenBackend } from "#lib/vllm/engine-backend.ts";
import { engineProfile } from "#lib/vllm/engine-profile.ts";
import type { ModelCard } from "#lib/vllm/schema.ts";
import { conditionOf, type Finding, NODE_CONDITIONS, setCondition } from "../conditions.ts";
import type { NodeState, PlacementRow, RegistrationRow } from "../node-state.ts";
import { placementState } from "../placement-condition.ts";
import type { Seen } from "./poll.ts";

/** What a poll told about everything but the node itself. */
export type Sight = {
  bases: readonly ModelCard[];
  registrations: readonly RegistrationRow[];
  conditionFor: (placement: PlacementRow) => Condition;
  restarted: boolean;
  baseModelMatches: boolean;
  backend: SeenBackend | null;
};

/** The answers to the standing questions about a node that answered. */
export function nodeConditions(before: NodeState, poll: Seen, sight: Sight, now: Date): readonly Condition[] {
  const findings = [
    yes(NODE_CONDITIONS.reachable, "The last poll succeeded."),
    engineHealthy(poll),
    baseModelMatches(before, sight),
    engineSupported(poll.version ?? before.engineVersion, engineBackend(sight.backend, before.gpu)),
    noDrift(sight.registrations),
    metricsReadable(poll.metricsProblem),
  ];
  const seen = findings.reduce((conditions, finding) => setCondition(conditions, finding, now), before.conditions);
  return setCondition(seen, restored(before, sight), now);
}

const yes = (type: string, message: string): Finding => ({ type, status: "true", reason: "ok", message });
const no = (type: string, reason: string, message: string): Finding => ({ type, status: "false", reason, message });

const engineHealthy = (poll: Seen): Finding =>
  poll.engineHealthy
    ? yes(NODE_CONDITIONS.engineHealthy, "The engine reports itself healthy.")
    : no(
        NODE_CONDITIONS.engineHealthy,
        "engine_dead",
        "The API answers, but the engine behind it is dead. Restart the engine.",
      );

function baseModelMatches(before: NodeState, sight: Sight): Finding {
  const type = NODE_CONDITIONS.baseModelMatches;
  if (sight.baseModelMatches) return yes(type, "It serves the pool's base model.");
  const served = sight.bases.map(({ id }) => id).join(", ") || "none";
  return no(
    type,
    "base_model_mismatch",
    `It serves ${served}, but its pool is for ${before.pool.baseModel}. Restart the engine with the pool's launch command.`,
  );
}

const metricsReadable = (problem: string | null): Finding =>
  problem === null
    ? yes(NODE_CONDITIONS.metricsReadable, "Its metrics can be read.")
    : no(
        NODE_CONDITIONS.metricsReadable,
        "metrics_unreadable",
        `It serves, but its metrics cannot be read, so it has no charts and a restart shows only once its adapters are gone. ${problem}`,
      );

function engineSupported(version: string | null, backend: "cpu" | "gpu" | null): Finding {
  const type = NODE_CONDITIONS.engineSupported;
  const advisory = engineProfile(version, { backend }).advisories[0];
  return advisory
    ? no(type, advisory.code, `${advisory.message} ${advisory.fix}`)
    : yes(type, "No known fault of this release concerns us.");
}

function noDrift(registrations: readonly RegistrationRow[]): Finding {
  const type = NODE_CONDITIONS.noDrift;
  const names = registrations.filter(({ state }) => state === "drift").map(({ loraName }) => loraName);
  if (names.length === 0) return yes(type, "It has no unmanaged adapters.");
  const shown = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`;
  const what = names.length === 1 ? "one adapter" : `${names.length} adapters`;
  return no(type, "unknown_adapters", `Node drift: it holds ${what} that Switchyard did not load (${shown}).`);
}

/** False from a restart until nothing is on its way any more. */
function restored(before: NodeState, sight: Sight): Finding {
  const type = NODE_CONDITIONS.restored;
  const isRestoring = sight.restarted || conditionOf(before.conditions, type)?.status === "false";
  const wanted = before.placements.filter((placement) => placement.desire === "present");
  const states = wanted.map((placement) => placementState("present", sight.conditionFor(placement)));
  return isRestoring && states.some((state) => state === "loading" || state === "probing")
    ? no(type, "restoring", "Adapters are being loaded again.")
    : yes(type, "Nothing is left from a restart.");
}
