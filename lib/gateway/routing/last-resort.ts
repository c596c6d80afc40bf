import type { BreakerState } from "./breakers.ts";
import type { Load } from "./eligible-nodes.ts";

/** What the gateway knows of a node beyond yes and no. */
export type Health = {
  /** It is up, but its last check failed or is not answered while its requests hear nothing. */
  isSuspect(nodeId: string): boolean;
  /** It is down, and its last check was good: one more, and it is up. */
  isRecovering(nodeId: string): boolean;
  /** Rises with each good check after a failed connection. */
  proofs(nodeId: string): number;
  stateOf(placeId: string): BreakerState;
};

/** Without those in doubt, unless all are. */
export function withoutSuspects(nodes: readonly string[], { isSuspect }: Pick<Health, "isSuspect">): readonly string[] {
  if (!nodes.some(isSuspect)) return nodes;
  const trusted = nodes.filter((id) => !isSuspect(id));
  return trusted.length > 0 ? trusted : nodes;
}

/**
 * How the fleet is seen when nothing else can answer a request: who shows signs of life may be asked, before hysteresis
 * has let it back. Silent nodes and open breakers stay out, so that a fleet that fails is not flooded.
 */
export const lastResort = (load: Load & Health): Load => ({
  isUp: (nodeId) => load.isUp(nodeId) || load.isRecovering(nodeId),
  hasLost: load.hasLost,
  isOpen: (nodeId) => load.stateOf(nodeId) === "open",
  versionIsOpen: load.versionIsOpen,
});

/** Places that failed one request, each with what its node had proven by then. */
export type Tried = ReadonlyMap<string, number>;

/** As a last resort those may be asked once more that passed a check since: the process that failed may be another. */
export const stillOut = (tried: Tried, { proofs }: Pick<Health, "proofs">): Pick<ReadonlySet<string>, "has"> => ({
  has: (placeId) => tried.get(placeId) === proofs(placeId),
});
