import type { Condition } from "#lib/http/schema.ts";
import type { InFlight } from "#lib/vllm/in-flight.ts";
import type { NodeFault } from "#lib/vllm/node-client.ts";
import type { ModelCard } from "#lib/vllm/schema.ts";
import { conditionOf, dropCondition, moveCondition, NODE_CONDITIONS, setCondition } from "../conditions.ts";
import { isProven, type NodeState, type PlacementRow, pathOnNode, type RegistrationRow } from "../node-state.ts";
import { conditionFromFacts, routable } from "../placement-condition.ts";
import { nodeConditions } from "./node-conditions.ts";
import { type DrainSight, observeDrain } from "./observe-drain.ts";
import type { Missed, NodeEvent, Poll, Seen } from "./poll.ts";
import { pollEvents } from "./poll-events.ts";

/** What a poll changes in the catalog. */
export type Observation = {
  node: Pick<
    NodeState,
    | "epoch"
    | "processStartedAt"
    | "engineVersion"
    | "backend"
    | "simulated"
    | "lastSeenAt"
    | "drainDeadline"
    | "conditions"
  >;
  restarted: boolean;
  /** It was seen for the first time, and its process can hold no adapters yet. */
  beganEmpty: boolean;
  /** Registrations of names that are no longer listed. */
  lost: readonly string[];
  /** Everything known about listed names, after this poll. */
  registrations: readonly RegistrationRow[];
  /** Those of `registrations` that are new or changed. */
  changedRegistrations: readonly RegistrationRow[];
  changedConditions: readonly { placementId: string; generation: number; condition: Condition }[];
  events: readonly NodeEvent[];
  /** null = nothing may be done: the node was not seen. */
  seen: {
    listed: ReadonlyMap<string, string | null>;
    canLoad: boolean;
    baseName: string | null;
    /** null = not asked or not told. */
    inFlight: InFlight | null;
  } | null;
};

/** Times of one process from two scrapes agree to the millisecond; a second allows for rounding exporters. */
const SAME_START_MS = 1_000;

/**
 * Whether the engine is another process than before. Start times decide where both are known and far enough apart;
 * otherwise losing every name it had at once does, since vLLM keeps nothing across a restart.
 */
export function hasRestarted(before: NodeState, processStart: Date | null, listed: ReadonlySet<string>): boolean {
  if (before.epoch === 0) return false;
  if (before.processStartedAt !== null && processStart !== null) {
    const apartMs = Math.abs(processStart.getTime() - before.processStartedAt.getTime());
    if (apartMs > SAME_START_MS) return true;
    if (apartMs === 0) return false;
  }
  const ours = before.registrations.filter((registration) => registration.state !== "drift");
  return ours.length > 0 && ours.every((registration) => !listed.has(registration.loraName));
}

/** Whether a poll has to be written down on the node; that it was seen is told on the loop's lease (`last-seen.ts`). */
export function isWorthWriting(before: NodeState, seen: Observation): boolean {
  const { lastSeenAt, ...node } = seen.node;
  const isNew = Object.entries(node).some(([key, value]) => before[key as keyof typeof node] !== value);
  return (
    isNew ||
    seen.lost.length > 0 ||
    seen.changedRegistrations.length > 0 ||
    seen.changedConditions.length > 0 ||
    seen.events.length > 0
  );
}

/** What an inspection asks of a node at most, with some to spare. */
const INSPECTION_REQUESTS = 64;

/**
 * A process that lists no adapter may still hold some that were unloaded: unloading frees nothing. One that has answered
 * no more than an inspection asks cannot have served any.
 */
const hasHardlyAnswered = ({ answered }: Seen): boolean => answered !== null && answered <= INSPECTION_REQUESTS;

/** One slow answer is no outage; a refused connection, or a second slow answer in a row, is. */
const isAway = (fault: NodeFault, missedBefore: number): boolean => fault !== "timeout" || missedBefore >= 1;

/** @param missedPolls failed polls in a row before this one */
export function observeNode(before: NodeState, poll: Poll, missedPolls: number, now: Date): Observation {
  return poll.kind === "missed" ? observeFailure(before, poll, missedPolls, now) : observeSight(before, poll, now);
}

function observeFailure(before: NodeState, poll: Missed, missedPolls: number, now: Date): Observation {
  const away = isAway(poll.fault, missedPolls);
  const wasAway = conditionOf(before.conditions, NODE_CONDITIONS.reachable)?.status === "false";
  const finding = {
    type: NODE_CONDITIONS.reachable,
    status: "false" as const,
    reason: `node_${poll.fault}`,
    message: poll.message,
  };
  const unknown = routable.unknown("The node does not respond, so its loaded adapters are unknown.");
  const drain = observeDrain(before, null, now);
  const conditions = away ? setCondition(before.conditions, finding, now) : before.conditions;
  return {
    node: {
      epoch: before.epoch,
      processStartedAt: before.processStartedAt,
      engineVersion: before.engineVersion,
      backend: before.backend,
      simulated: before.simulated,
      lastSeenAt: before.lastSeenAt,
      drainDeadline: drain.deadline,
      conditions: withDrain(conditions, drain, now),
    },
    restarted: false,
    beganEmpty: false,
    lost: [],
    registrations: before.registrations,
    changedRegistrations: [],
    changedConditions: away ? changes(before.placements, (p) => moveCondition(p.condition, unknown, now)) : [],
    events: [
      ...(away && !wasAway ? [{ kind: "unreachable", outcome: "failed", message: poll.message } as const] : []),
      ...drain.events,
    ],
    seen: null,
  };
}

function observeSight(before: NodeState, poll: Seen, now: Date): Observation {
  const bases = poll.cards.filter((card) => card.parent === null || card.parent === undefined);
  const listed = new Map(
    poll.cards.filter((card) => !bases.includes(card)).map((card) => [card.id, card.root ?? null]),
  );
  const restarted = hasRestarted(before, poll.processStart, new Set(listed.keys()));
  const epoch = before.epoch === 0 ? 1 : before.epoch + Number(restarted);
  const baseModelMatches = servesBase(bases, before.pool.baseModel);
  const registrations = observeRegistrations(before, listed, epoch, restarted);
  const conditionFor = conditionsOf(before.pool, { listed, registrations, baseModelMatches, restarted }, now);
  // another process may be another engine; what an inspection found counts for the one it asked
  const backend = poll.backend ?? (restarted ? null : before.backend);
  const conditions = nodeConditions(
    before,
    poll,
    { bases, registrations, conditionFor, restarted, baseModelMatches, backend },
    now,
  );
  const events = pollEvents(
    before,
    { listed, registrations, restarted, conditions, epoch, version: poll.version },
    now,
  );
  const drain = observeDrain(before, poll.inFlight, now);
  return {
    node: {
      epoch,
      processStartedAt: restarted || before.processStartedAt === null ? poll.processStart : before.processStartedAt,
      engineVersion: poll.version ?? before.engineVersion,
      backend,
      simulated: poll.simulated,
      lastSeenAt: now,
      drainDeadline: drain.deadline,
      conditions: withDrain(conditions, drain, now),
    },
    restarted,
    beganEmpty: before.epoch === 0 && listed.size === 0 && hasHardlyAnswered(poll),
    lost: before.registrations.map(({ loraName }) => loraName).filter((name) => !listed.has(name)),
    registrations,
    changedRegistrations: registrations.filter((registration) => !before.registrations.includes(registration)),
    changedConditions: changes(before.placements, conditionFor),
    events: [...events, ...drain.events],
    seen: {
      listed,
      canLoad: poll.engineHealthy && baseModelMatches,
      baseName: bases[0]?.id ?? null,
      inFlight: poll.inFlight,
    },
  };
}

type Listing = {
  listed: ReadonlyMap<string, string | null>;
  registrations: readonly RegistrationRow[];
  baseModelMatches: boolean;
  restarted: boolean;
};

/** What a poll makes of each placement. */
function conditionsOf(pool: NodeState["pool"], { listed, registrations, ...facts }: Listing, now: Date) {
  const known = new Map(registrations.map((registration) => [registration.loraName, registration]));
  return (placement: PlacementRow): Condition => {
    const registration = known.get(placement.loraName) ?? null;
    return conditionFromFacts(
      placement,
      {
        ...facts,
        listedRoot: listed.get(placement.loraName),
        path: pathOnNode(pool, placement),
        registration,
        isProven: isProven(pool, placement, registration),
      },
      now,
    );
  };
}

function withDrain(conditions: readonly Condition[], { finding }: DrainSight, now: Date): readonly Condition[] {
  if (finding === "as it was") return conditions;
  return finding === null ? dropCondition(conditions, NODE_CONDITIONS.drained) : setCondition(conditions, finding, now);
}

/** Served under that name, or from that path. */
export const servesBase = (bases: readonly ModelCard[], baseModel: string): boolean =>
  bases.some((card) => card.id === baseModel || card.root === baseModel);

const changes = (placements: readonly PlacementRow[], conditionFor: (placement: PlacementRow) => Condition) =>
  placements
    .map((placement) => ({ placement, condition: conditionFor(placement) }))
    .filter(
      ({ placement, condition }) =>
        condition !== placement.condition || placement.observedGeneration < placement.generation,
    )
    .map(({ placement, condition }) => ({ placementId: placement.id, generation: placement.generation, condition }));

/**
 * Rows of earlier processes start over: what they proved, another process proved. So do rows whose bytes are not proven,
 * where they must be. Unchanged rows keep their identity.
 */
function observeRegistrations(
  before: NodeState,
  listed: ReadonlyMap<string, string | null>,
  epoch: number,
  restarted: boolean,
): RegistrationRow[] {
  const placements = new Map(before.placements.map((placement) => [placement.loraName, placement]));
  const known = new Map(before.registrations.map((registration) => [registration.loraName, registration]));
  return [...listed].map(([loraName, root]) => {
    const placement = placements.get(loraName);
    const isOurs = placement !== undefined && root === pathOnNode(before.pool, placement);
    const row = known.get(loraName);
    const isKept = row && !restarted && isOurs === (row.state !== "drift");
    if (isKept && (!isOurs || row.state === "loaded" || isProven(before.pool, placement, row))) return row;
    return {
      loraName,
      versionId: isOurs ? placement.versionId : null,
      epoch,
      state: isOurs ? "loaded" : "drift",
      probe: null,
      verifiedDigest: isKept ? row.verifiedDigest : null,
    };
  });
}
