import type { Node } from "#lib/fleet/schema.ts";

/** What the list can be narrowed to besides a pool; all of it is in the URL. */
export type NodeFilter = { q: string; health: Node["health"] | null; attention: boolean };

export const NO_FILTER: NodeFilter = { q: "", health: null, attention: false };

/** Whether somebody should look at a node: ill, drifted, with findings, or with adapters that failed. */
export const needsAttention = (node: Node): boolean =>
  ["degraded", "unreachable", "unknown"].includes(node.health) ||
  node.drift.length > 0 ||
  node.placements.failed > 0 ||
  (node.findings !== null && node.findings.problems + node.findings.warnings > 0);

/** Name, address, engine or GPU, without regard to case. */
const matches = (node: Node, q: string): boolean =>
  [node.name, node.baseUrl, node.poolSlug, node.engineVersion ?? "", node.gpu ?? ""].some((text) =>
    text.toLowerCase().includes(q.toLowerCase()),
  );

export const isFiltered = ({ q, health, attention }: NodeFilter): boolean => q !== "" || health !== null || attention;

/** Health is decided when a node is read, so the list is narrowed here and not by the server. */
export const filterNodes = (nodes: readonly Node[], { q, health, attention }: NodeFilter): Node[] =>
  nodes.filter(
    (node) =>
      (q === "" || matches(node, q)) &&
      (health === null || node.health === health) &&
      (!attention || needsAttention(node)),
  );
