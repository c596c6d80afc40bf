import type { Consequences } from "../browser/consequences-schema.ts";
import { fallbackOf, type Service } from "./fallback-of.ts";
import { count, listed, namedTenants, seconds } from "./format-parts.ts";
import { loadAfterMove, type MinuteLoad, minutesSeen, type NodeLoad, peakOf, rate, sum } from "./predict-load.ts";

export type NodeFacts = {
  node: FactNode & { standalone: boolean; cordoned: boolean };
  /** Its pool's other nodes that take customers' requests now. */
  others: readonly FactNode[];
  /** Everything that is live in its pool. */
  services: readonly Service[];
  /** Of its pool's nodes in the last hour; null = nobody reported. */
  loads: readonly MinuteLoad[] | null;
  now: Date;
};
/** `answers`: it would serve, were it not cordoned. */
export type FactNode = { id: string; name: string; slots: number; answers: boolean };

/** What a decision says; the figure and the blockers are added by whoever reads the catalog. */
export type Effects = Omit<Consequences, "action" | "requestsLastHour" | "blockers"> & {
  /** Requests of the last hour that would have gone another way; null = unknown. */
  requests: number | null;
};

const NOBODY = { count: 0, names: [] };
const UNKNOWN = "How much moves is unknown: no gateway has reported in the last hour.";

/** What follows when a node is taken out of service. @param deadlineSeconds of a drain; null = a cordon */
export function takeOutConsequences(facts: NodeFacts, deadlineSeconds: number | null): Effects {
  const { node, others } = facts;
  const undo = `Uncordon ${node.name}: its adapters stay loaded, so it serves again at once.`;
  const wait = deadlineSeconds === null ? "" : ` ${waitFor(deadlineSeconds)}`;
  if (node.standalone)
    return noEffects({ sentence: `Evaluations run no baseline on ${node.name}.${wait}`, undo, requests: 0 });
  const serves = node.answers && !node.cordoned;
  const affected = serves ? facts.services.filter(({ live }) => live?.on.includes(node.id)) : [];
  const serving = others.map(({ id }) => id);
  const stranded = affected.filter(({ live }) => !live?.on.some((id) => serving.includes(id)));
  const nothing = stranded.filter((service) => fallbackOf(service, serving) === null);
  return {
    sentence: serves
      ? `${node.name} gets no more customers' requests; its adapters stay loaded.${wait}`
      : `${node.name} gets no customers' requests now, and will get none when it is back.`,
    changes: [...nodeChanges(facts, serves), ...strandedChanges(stranded, serving)],
    tenants: namedTenants(affected),
    requests: serves ? facts.loads && sum(onNode(facts.loads, node.id)) : 0,
    predicted: serves ? predictTakeOut(facts, stranded) : [],
    withoutAnswer: namedTenants(nothing),
    undo,
  };
}

const waitFor = (deadlineSeconds: number): string =>
  deadlineSeconds === 0
    ? "Nothing waits for what runs on it now."
    : `What runs on it now may take ${seconds(deadlineSeconds)}.`;

const noEffects = (what: Pick<Effects, "sentence" | "undo" | "requests">): Effects => ({
  changes: [],
  tenants: NOBODY,
  predicted: [],
  withoutAnswer: NOBODY,
  ...what,
});

const onNode = (loads: readonly MinuteLoad[], id: string) => loads.filter(({ nodeId }) => nodeId === id);

function nodeChanges({ node, others, loads, now }: NodeFacts, serves: boolean): Effects["changes"] {
  if (!serves) return [{ what: node.name, from: node.answers ? "cordoned" : "not serving", to: "cordoned" }];
  if (loads === null) return [{ what: node.name, from: "serving, load unknown", to: "no requests" }];
  const { moved, nodes } = loadAfterMove(loads, node.id, idsOf(others));
  const minutes = minutesSeen(loads, now);
  return [
    {
      what: node.name,
      from: `${count(moved.adapters, "adapter")}, ${rate(moved.requests, minutes)}`,
      to: "no requests",
    },
    ...nodes.map((load) => ({
      what: nameOf(load.nodeId, others),
      from: `${count(load.peakNow, "adapter")} in use at peak, ${rate(load.requests, minutes)}`,
      to: `${load.peakThen} in use at peak`,
    })),
  ];
}

const idsOf = (nodes: readonly FactNode[]): string[] => nodes.map(({ id }) => id);
const nameOf = (nodeId: string, nodes: readonly FactNode[]): string =>
  nodes.find(({ id }) => id === nodeId)?.name ?? nodeId;

/** Those whose live version no other node has, by what they would get. */
function strandedChanges(stranded: readonly Service[], serving: readonly string[]): Effects["changes"] {
  const groups = new Map<string, Service[]>();
  for (const service of stranded) {
    const answer = fallbackOf(service, serving) ?? "refused: nothing else may answer";
    groups.set(answer, [...(groups.get(answer) ?? []), service]);
  }
  return [...groups].map(([to, services]) => ({
    what: count(namedTenants(services).count, "tenant"),
    from: "their live version",
    to,
  }));
}

function predictTakeOut({ node, others, loads, now }: NodeFacts, stranded: readonly Service[]): string[] {
  const alone = stranded.length > 0 ? [strandedSentence(stranded, others)] : [];
  if (loads === null) return [UNKNOWN, ...alone];
  if (others.length === 0) return alone;
  const { moved, nodes } = loadAfterMove(loads, node.id, idsOf(others));
  if (moved.requests === 0)
    return [`No customer's request went to ${node.name} in the last hour, so little moves.`, ...alone];
  const load = rate(moved.requests, minutesSeen(loads, now));
  const move = `${count(moved.adapters, "adapter")} and about ${load} move to ${listed(others.map(({ name }) => name))}.`;
  return [move, ...nodes.map((load) => peakSentence(load, others)), ...alone];
}

function peakSentence({ nodeId, peakNow, peakThen }: NodeLoad, others: readonly FactNode[]): string {
  const slots = others.find(({ id }) => id === nodeId)?.slots ?? 0;
  const name = nameOf(nodeId, others);
  const rise = `Adapters in use within a minute on ${name}: ${peakNow} at peak now, about ${peakThen} then, of ${count(slots, "slot")}`;
  if (peakThen <= slots) return `${rise}. They fit.`;
  return `${rise}: ${peakNow > slots ? "more" : "some"} weights are swapped in and out, and first tokens take longer.`;
}

function strandedSentence(stranded: readonly Service[], others: readonly FactNode[]): string {
  const who = count(namedTenants(stranded).count, "tenant");
  const why = others.length === 0 ? "No other node of the pool serves" : "No other serving node has their live version";
  return `${why}: ${who} ${stranded.length === 1 ? "gets its" : "get their"} fallback, or ${stranded.length === 1 ? "is" : "are"} refused.`;
}

/** What follows when it is put back. */
export function putBackConsequences(facts: NodeFacts): Effects {
  const { node, others, services, loads } = facts;
  const undo = `Cordon ${node.name} again.`;
  if (node.standalone)
    return noEffects({ sentence: `Evaluations may run their baselines on ${node.name} again.`, undo, requests: 0 });
  if (!node.answers)
    return noEffects({ sentence: `${node.name} gets customers' requests once it answers again.`, undo, requests: 0 });
  const affected = services.filter(({ live }) => live?.on.includes(node.id));
  const rescued = affected.filter(({ live }) => !live?.on.some((id) => id !== node.id && idsOf(others).includes(id)));
  const peaks = loads && others.map(({ id, name }) => ({ name, peak: peakOf(onNode(loads, id)) }));
  const back = namedTenants(rescued).count;
  return {
    sentence: `${node.name} gets customers' requests again${others.length === 0 ? "; it is the only one that serves" : `, beside ${listed(others.map(({ name }) => name))}`}.`,
    changes: [
      { what: node.name, from: "cordoned", to: `${count(affected.length, "live adapter")} ready on it` },
      ...(back > 0 ? [{ what: count(back, "tenant"), from: "their fallback", to: "their live version" }] : []),
    ],
    tenants: namedTenants(affected),
    requests: loads && sum(loads),
    predicted: peaks === null ? [UNKNOWN] : peaks.map(({ name, peak }) => relief(name, peak)),
    withoutAnswer: NOBODY,
    undo,
  };
}

const relief = (name: string, peak: number): string =>
  `It takes a share of what ${name} serves: ${count(peak, "adapter")} in use within a minute at peak.`;
