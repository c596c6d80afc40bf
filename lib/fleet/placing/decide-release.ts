/** A version that is leaving nodes because its adapter goes to others. */
export type Leaving = {
  /** Nodes it is wanted on now. */
  wantedOn: readonly string[];
  /** Nodes that take requests now. */
  open: ReadonlySet<string>;
  /** Nodes that have proven it since their last start. */
  provenOn: ReadonlySet<string>;
};

/**
 * Whether a version may leave the nodes that its adapter was sent away from: when every node it is wanted on, and that
 * takes requests, has proven it, and there is one. So nobody waits for a load. What is wanted nowhere may go at once.
 */
export function mayLeave({ wantedOn, open, provenOn }: Leaving): boolean {
  if (wantedOn.length === 0) return true;
  const serving = wantedOn.filter((nodeId) => open.has(nodeId));
  return serving.length > 0 && serving.every((nodeId) => provenOn.has(nodeId));
}
