import { COUNTED_MS } from "#lib/metrics/counted-window.ts";
import type { CauseKind } from "../../browser/cause-schema.ts";
import type { Pitfall } from "../../browser/finding-schema.ts";
import type { NodeFacts } from "../alert-facts.ts";
import type { NodeCount } from "../node-counts.ts";
import type { AlertSpan, CauseFacts, Minutes, Symptomatic } from "./cause-facts.ts";
import type { CandidateMinutes } from "./confirm-cause.ts";

/** Something that may explain an alert, with the minutes in which it was out of its range. */
export type Candidate = CandidateMinutes & {
  kind: CauseKind;
  what: string;
  href: string | null;
  /** The pitfall that detectors find there when it is so, and on which node. */
  pitfall: Pitfall | null;
  nodeId: string | null;
  /** The alert about it. */
  alertKey: string | null;
};

const MINUTE_MS = 60_000;
const NOBODY: Minutes = new Set();

/** What may be behind an alert: what happens on the nodes that serve it, in front of them, and to them. */
export function listCandidates(alert: Symptomatic, facts: CauseFacts): Candidate[] {
  const nodes = facts.nodes.filter(({ id }) => alert.touches.includes(id));
  switch (alert.rule) {
    case "evictions":
    case "swap_source":
      return nodes.flatMap((node) => [active(node, facts), ...others(node, facts)]);
    case "pool_saturated":
    case "fallback_share":
    case "burn_fast":
    case "burn_slow":
    case "p95_over":
      return [
        ...spans(alert, facts),
        ...nodes.flatMap((node) => [evictions(node, facts), diskReads(node, facts), ...others(node, facts)]),
        ...queue(alert, facts),
        ...findings(alert, facts),
      ];
  }
}

const blank = { href: null, pitfall: null, nodeId: null, alertKey: null, unknown: NOBODY } as const;

/** Whole minutes of the window. */
function* minutesOf({ window: { from, to } }: CauseFacts): Generator<number> {
  for (let ms = from.getTime(); ms < to.getTime(); ms += MINUTE_MS) yield ms;
}

/** Minutes in which a count was above a limit. What is inferred may prove too many, never few enough. */
function above(node: NodeFacts, of: NodeCount, limit: (ms: number) => number, facts: CauseFacts): CandidateMinutes {
  const counts = new Map(facts.minutes.get(node.id)?.map(({ atMs, counts }) => [atMs, counts[of]]));
  const [out, unknown] = [new Set<number>(), new Set<number>()];
  for (const ms of minutesOf(facts)) {
    const count = counts.get(ms);
    if (count !== undefined && count.value > limit(ms)) out.add(ms);
    else if (count === undefined || count.uncertainty !== null) unknown.add(ms);
  }
  return { out, unknown };
}

function evictions(node: NodeFacts, facts: CauseFacts): Candidate {
  const limit = facts.evictionAlertThreshold / (COUNTED_MS / MINUTE_MS);
  return {
    ...blank,
    kind: "evictions",
    what: `More than ${Number(limit.toFixed(1))} GPU slot evictions a minute on ${node.name}`,
    href: `/nodes/${node.id}/swaps`,
    pitfall: "eviction_thrash",
    nodeId: node.id,
    alertKey: `evictions:node:${node.id}`,
    ...above(node, "evictions", () => limit, facts),
  };
}

const diskReads = (node: NodeFacts, facts: CauseFacts): Candidate => ({
  ...blank,
  kind: "disk_reads",
  what: `Weights read from disk on ${node.name}`,
  href: `/nodes/${node.id}/swaps`,
  pitfall: "cpu_starvation",
  nodeId: node.id,
  alertKey: `swap_source:node:${node.id}`,
  ...above(node, "disk", (ms) => facts.loads.get(node.id)?.get(ms) ?? 0, facts),
});

function active(node: NodeFacts, facts: CauseFacts): Candidate {
  const asked = facts.active.get(node.id) ?? new Map<number, number>();
  return {
    ...blank,
    kind: "active_adapters",
    what: `More adapters requested in a minute than the ${node.slots} GPU slots of ${node.name} hold`,
    href: `/nodes/${node.id}/swaps`,
    pitfall: "eviction_thrash",
    nodeId: node.id,
    out: new Set([...asked].flatMap(([ms, adapters]) => (adapters > node.slots ? [ms] : []))),
  };
}

/** Traffic on a node that is not customers'. */
const others = (node: NodeFacts, facts: CauseFacts): Candidate[] => [
  {
    ...blank,
    kind: "evaluation",
    what: `Evaluation requests on ${node.name}`,
    href: "/evals",
    nodeId: node.id,
    out: facts.evaluation.get(node.id) ?? NOBODY,
  },
  {
    ...blank,
    kind: "shadow",
    what: `Shadow requests on ${node.name}`,
    href: "/cutovers",
    nodeId: node.id,
    out: facts.shadow.get(node.id) ?? NOBODY,
  },
];

const queue = ({ key, limitMs }: Symptomatic, facts: CauseFacts): Candidate[] =>
  limitMs === null
    ? []
    : [
        {
          ...blank,
          kind: "queue",
          what: `Requests waiting for a place longer than ${Math.round(limitMs * QUEUE_SHARE)} ms`,
          href: "/traffic",
          out: facts.queue.get(key) ?? NOBODY,
        },
      ];
/** A wait of this part of the limit is worth a look. */
export const QUEUE_SHARE = 0.3;

const AT_GATEWAYS: readonly AlertSpan["rule"][] = ["gateway_silent", "gateway_stale"];

const spans = (alert: Symptomatic, facts: CauseFacts): Candidate[] =>
  facts.alerts
    .filter(({ key, rule, subjectId }) => {
      const isTouched = AT_GATEWAYS.includes(rule) || alert.touches.includes(subjectId);
      return key !== alert.key && isTouched;
    })
    .map(({ id, key, sentence, startedAt, resolvedAt }) => ({
      ...blank,
      kind: "alert",
      what: sentence,
      href: `/alerts/${id}`,
      alertKey: key,
      out: within(startedAt, resolvedAt, facts),
    }));

/** Pitfalls that no count of their own says by the minute. */
const findings = (alert: Symptomatic, facts: CauseFacts): Candidate[] =>
  facts.findings
    .filter(({ pitfall, nodeId, poolId, tenantId }) => {
      const isHere = alert.touches.includes(nodeId ?? poolId) || alert.subjectId === poolId;
      const isCounted = pitfall === "eviction_thrash" || pitfall === "cpu_starvation";
      return isHere && !isCounted && (tenantId === null || alert.tenantIds.includes(tenantId));
    })
    .map(({ pitfall, title, subject, nodeId, poolId, firstSeenAt, clearedAt }) => ({
      ...blank,
      kind: "finding",
      what: `${title} on ${subject.name}`,
      href: nodeId === null ? `/pools/${poolId}` : `/nodes/${nodeId}`,
      pitfall,
      nodeId,
      out: within(new Date(firstSeenAt), clearedAt === null ? null : new Date(clearedAt), facts),
    }));

/** Minutes of which a span has a part. */
function within(from: Date, to: Date | null, facts: CauseFacts): Minutes {
  const end = to?.getTime() ?? Number.POSITIVE_INFINITY;
  return new Set([...minutesOf(facts)].filter((ms) => ms + MINUTE_MS > from.getTime() && ms < end));
}
