import type { Consequences } from "#components/ui/confirm-consequences.tsx";
import type { Node } from "#lib/fleet/schema.ts";
import { isServing } from "./node-facts.ts";

type Facts = {
  node: Node;
  /** All nodes of its pool, itself among them. */
  poolNodes: readonly Node[];
  /** Tenants whose live version this node answers now. */
  tenantCount: number;
};

const names = (nodes: readonly Node[]): string => nodes.map(({ name }) => name).join(", ");
const tenants = (count: number): string => (count === 1 ? "1 tenant" : `${count} tenants`);

/** What follows when a node is taken out of service. */
export function cordonConsequences({ node, poolNodes, tenantCount }: Facts): Consequences {
  const kept = "It keeps its adapters loaded and is still looked at.";
  const undo = `Uncordon ${node.name}: its adapters are still loaded, so it serves again at once.`;
  if (node.standalone)
    return {
      changes: [`Evaluations run no baseline on ${node.name}.`, kept],
      tenantCount: 0,
      load: null,
      undo,
    };
  const others = poolNodes.filter((other) => other.id !== node.id && isServing(other));
  const moved =
    others.length === 0
      ? "No other node of its pool serves: its tenants get their fallback, or are refused."
      : `Customers' requests go to ${names(others)} instead of ${node.name}.`;
  return {
    changes: [
      isServing(node) ? moved : `${node.name} serves no customers' requests now; it will not when it is back.`,
      kept,
    ],
    tenantCount,
    load: loadOf(node, others, tenantCount),
    undo,
  };
}

function loadOf(node: Node, others: readonly Node[], tenantCount: number): string | null {
  if (!isServing(node) || tenantCount === 0) return null;
  if (others.length === 0) return `${tenants(tenantCount)} without a node`;
  return `The requests of ${tenants(tenantCount)} move to ${others.length === 1 ? "1 node" : `${others.length} nodes`}`;
}

/** What follows when it is put back. */
export function uncordonConsequences({ node, poolNodes, tenantCount }: Facts): Consequences {
  const undo = `Cordon ${node.name} again.`;
  if (node.standalone)
    return {
      changes: [`Evaluations may run their baselines on ${node.name} again.`],
      tenantCount: 0,
      load: null,
      undo,
    };
  const wouldServe = isServing({ ...node, cordoned: false });
  const others = poolNodes.filter((other) => other.id !== node.id && isServing(other));
  const shared = others.length === 0 ? "it is the only one that serves" : `beside ${names(others)}`;
  return {
    changes: [
      wouldServe
        ? `${node.name} gets customers' requests again, ${shared}.`
        : `${node.name} gets customers' requests once it answers again.`,
    ],
    tenantCount,
    load: wouldServe && tenantCount > 0 ? `It takes its share of the requests of ${tenants(tenantCount)}` : null,
    undo,
  };
}
