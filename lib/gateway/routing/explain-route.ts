import type { ExpectedTier } from "#lib/requests/trace/trace.ts";
import type { NodeReason } from "../browser/node-reasons.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { eligibleNodes, type Load, nodeFault } from "./eligible-nodes.ts";
import { describeNode, describeOption, describeOutcome, whyThisNode } from "./explain-words.ts";
import { type Explanation, expectedCost, type NodeVerdict, type OptionVerdict } from "./explanation.ts";
import { type NodeOption, noAnswer, type Option, type Plan, planRoute, type RouteAsk } from "./plan-route.ts";

/** What the gateways have on a node. */
export type NodeTraffic = {
  inFlight: number;
  /** Of those, by lora name. */
  adapters: ReadonlyMap<string, number>;
  /** Adapters it can have in flight at once. */
  slots: number;
};

/** What is known beside the snapshot and the gateway's own view; it makes reasons finer and changes no decision. */
export type RouteFacts = {
  /** What the fleet wants, of the versions in question. */
  placements: readonly { versionId: string; nodeId: string }[];
  /** What nodes were seen to have, of the same. */
  registrations: readonly { versionId: string | null; nodeId: string; epoch: number; state: string }[];
  /** null = no gateway tells. */
  traffic(nodeId: string): NodeTraffic | null;
  tierOf(nodeId: string, loraName: string): ExpectedTier;
};

/**
 * Why a request would go where it would go now: the gateway's own plan and its own judgement of every node, with words.
 * Which of several able nodes it gets is decided at dispatch, by what is in flight then; here it is the likeliest.
 */
export function explainRoute(
  ask: RouteAsk,
  snapshot: Snapshot,
  load: Load,
  facts: RouteFacts,
  excluded: ReadonlySet<string> = new Set(),
): Explanation {
  const plan = planRoute(ask, snapshot);
  if (plan.kind === "reject") return { kind: "refused", rejection: plan.rejection };
  const judged = plan.options.map((option) =>
    option.on === "node"
      ? judgeNodes(option, ask, snapshot, load, facts, excluded)
      : { option, nodes: [], canAnswer: !excluded.has(option.endpoint.id) && !load.isOpen(option.endpoint.id) },
  );
  const chosen = judged.find(({ canAnswer }) => canAnswer) ?? null;
  const options = judged.map((one) => verdictOf(one, one === chosen));
  return {
    kind: "explained",
    options,
    forced: plan.forced,
    mirror: mirrorOf(plan),
    rejection: chosen === null ? noAnswer(ask.target) : null,
    sentence: describeOutcome(options, plan.forced),
  };
}

const mirrorOf = ({ mirror }: Extract<Plan, { kind: "plan" }>) =>
  mirror && { versionId: mirror.version.id, versionNumber: mirror.version.number };

type Judged = { option: Option; nodes: NodeVerdict[]; canAnswer: boolean };

function verdictOf({ option, nodes, canAnswer }: Judged, isChosen: boolean): OptionVerdict {
  const endpoint = option.on === "endpoint" ? { id: option.endpoint.id, name: option.endpoint.name } : null;
  const { via, isFallback, isCandidate, version, model } = option;
  return {
    via,
    isFallback,
    isCandidate,
    isChosen,
    versionId: version?.id ?? null,
    versionNumber: version?.number ?? null,
    model,
    endpoint,
    nodes: nodes.map((node, index) => ({ ...node, isChosen: isChosen && index === 0 })),
    sentence: describeOption({
      via,
      isCandidate,
      versionNumber: version?.number ?? null,
      model,
      endpoint,
      canAnswer,
      nodes,
    }),
  };
}

function judgeNodes(
  option: NodeOption,
  ask: RouteAsk,
  snapshot: Snapshot,
  load: Load,
  facts: RouteFacts,
  excluded: ReadonlySet<string>,
): Judged {
  const able = eligibleNodes(option, ask, snapshot, load, excluded);
  const judge = (nodeId: string): NodeVerdict => {
    const fault = nodeFault(nodeId, option, ask, snapshot, load, excluded);
    return verdictOn(
      nodeId,
      option,
      fault === "not_proven" ? whyNotProven(nodeId, option, facts) : fault,
      snapshot,
      facts,
    );
  };
  // the order of `able` decides among equals, and sorting keeps it
  const best = able.map(judge).sort((one, other) => expectedCost(one) - expectedCost(other));
  const others = nodesOf(option, ask, snapshot).filter((id) => !able.includes(id));
  const nodes = [...best, ...others.map(judge)];
  const [first, second] = best;
  if (first) first.sentence += whyThisNode(first, second ?? null);
  return { option, nodes, canAnswer: best.length > 0 };
}

/** The pool's, those where it is proven all the same, and the one that was asked for. */
function nodesOf(option: NodeOption, { target }: RouteAsk, snapshot: Snapshot): string[] {
  const pinned = target.kind === "pinned" && target.nodeId !== null ? [target.nodeId] : [];
  const pool = snapshot.pools.get(option.poolId)?.nodeIds ?? [];
  return [...new Set([...pool, ...(option.version?.routableOn ?? []), ...pinned])];
}

function whyNotProven(nodeId: string, { version }: NodeOption, facts: RouteFacts): NodeReason {
  const isAbout = (row: { versionId: string | null; nodeId: string }) =>
    row.nodeId === nodeId && row.versionId === version?.id;
  const registration = facts.registrations.find(isAbout);
  if (registration?.state === "routable") return "wrong_epoch";
  return registration || facts.placements.some(isAbout) ? "not_proven" : "not_placed";
}

function verdictOn(
  nodeId: string,
  { version, model }: NodeOption,
  reason: NodeReason | null,
  snapshot: Snapshot,
  facts: RouteFacts,
): NodeVerdict {
  const traffic = facts.traffic(nodeId);
  const joins = traffic && version ? (traffic.adapters.get(model) ?? 0) : null;
  const isFull = traffic !== null && version !== null && joins === 0 && traffic.adapters.size >= traffic.slots;
  const verdict = {
    nodeId,
    nodeName: snapshot.nodes.get(nodeId)?.name ?? nodeId,
    reason,
    isChosen: false,
    tier: version === null ? null : joins !== null && joins > 0 ? ("gpu" as const) : facts.tierOf(nodeId, model),
    inFlight: traffic?.inFlight ?? null,
    joins,
    isFull,
  };
  return { ...verdict, sentence: describeNode(verdict) };
}
