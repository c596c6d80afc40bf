import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Load } from "./eligible-nodes.ts";

/** half_open: its wait is over, one request finds out. */
export type BreakerState = "closed" | "open" | "half_open";

/**
 * One breaker a place (node or endpoint) and one a candidate version. A failure is a failed connection, a 5xx or a
 * timeout; what the client did wrong, and a client that left, are none.
 */
export type Breakers = Pick<Load, "isOpen" | "versionIsOpen"> & {
  /**
   * To be asked when a request is about to be sent: half open, only one may go, or as many as nobody else can answer.
   * false = take another place.
   */
  letThrough(placeId: string, isLastResort?: boolean): boolean;
  succeeded(placeId: string, versionId: string | null): void;
  failed(placeId: string, versionId: string | null, isCandidate: boolean): void;
  /**
   * It passed a health check after a failed connection, so it is there: it is asked again a second after it was given up.
   * Only of what stays silent or keeps answering 5xx do waits grow.
   */
  proven(placeId: string): void;
  /** It ended without telling anything of the place: the client left, or was refused. Another probe may go. */
  undecided(placeId: string): void;
  /** To be called with each new snapshot: forgets what is gone, what was restarted, and routes that were changed. */
  follow(snapshot: Snapshot): void;
  stateOf(placeId: string): BreakerState;
  /** Candidates that get no requests any more; `since` in milliseconds of the clock. */
  openVersions(): { versionId: string; since: number }[];
};

const FAILURES_TO_OPEN = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A probe that nobody reported on by then is given up. */
const PROBE_MS = 30_000;

type Place = {
  /** In a row. */
  failures: number;
  /** Times it opened in a row; 0 = closed. */
  opened: number;
  openedAt: number;
  openUntil: number;
  probeUntil: number;
};
type Version = { failures: number; openSince: number | null };

/**
 * A place closes again on its first success. A candidate's breaker stays open until its route is changed: its
 * conversations have the live version, and should not swing between the two.
 * @param now milliseconds of any steady clock
 * @param random uniform in [0, 1): waits are spread by ±20 %, so that places do not come back in step
 */
export function createBreakers(now: () => number, random: () => number): Breakers {
  const places = placeBreakers(now, random);
  const versions = new Map<string, Version>();
  let followed: Snapshot | null = null;
  const versionFailed = (versionId: string) => {
    const version = versions.get(versionId) ?? { failures: 0, openSince: null };
    versions.set(versionId, version);
    version.failures += 1;
    if (version.failures >= FAILURES_TO_OPEN) version.openSince ??= now();
  };
  return {
    ...places,
    versionIsOpen: (versionId) => (versions.get(versionId)?.openSince ?? null) !== null,
    succeeded(placeId, versionId) {
      places.succeeded(placeId);
      if (versionId !== null && versions.get(versionId)?.openSince === null) versions.delete(versionId);
    },
    failed(placeId, versionId, isCandidate) {
      places.failed(placeId);
      if (isCandidate && versionId !== null) versionFailed(versionId);
    },
    follow(snapshot) {
      places.follow(followed, snapshot);
      if (versions.size > 0) forgetChanged(versions, followed, snapshot);
      followed = snapshot;
    },
    openVersions: () =>
      [...versions].flatMap(([versionId, { openSince }]) =>
        openSince === null ? [] : [{ versionId, since: openSince }],
      ),
  };
}

function placeBreakers(now: () => number, random: () => number) {
  const places = new Map<string, Place>();
  const stateOf = (placeId: string): BreakerState => {
    const place = places.get(placeId);
    if (place === undefined || place.opened === 0) return "closed";
    return now() < place.openUntil ? "open" : "half_open";
  };
  const isOpen = (placeId: string): boolean => {
    const place = places.get(placeId);
    if (place === undefined || place.opened === 0) return false;
    const at = now();
    return at < place.openUntil || at < place.probeUntil;
  };
  const open = (place: Place) => {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(place.opened, 20));
    place.opened += 1;
    place.openedAt = now();
    place.openUntil = place.openedAt + waitMs * (0.8 + 0.4 * random());
    place.probeUntil = 0;
  };
  return {
    isOpen,
    stateOf,
    letThrough(placeId: string, isLastResort = false): boolean {
      if (isLastResort ? stateOf(placeId) === "open" : isOpen(placeId)) return false;
      const place = places.get(placeId);
      if (place !== undefined && place.opened > 0) place.probeUntil = now() + PROBE_MS;
      return true;
    },
    // a request sent before it opened tells nothing new, whether it ends well or badly
    succeeded(placeId: string) {
      if (stateOf(placeId) !== "open") places.delete(placeId);
    },
    failed(placeId: string) {
      const place = places.get(placeId) ?? { failures: 0, opened: 0, openedAt: 0, openUntil: 0, probeUntil: 0 };
      if (stateOf(placeId) === "open") return;
      places.set(placeId, place);
      place.failures += 1;
      if (place.opened > 0 || place.failures >= FAILURES_TO_OPEN) open(place);
    },
    proven(placeId: string) {
      const place = places.get(placeId);
      if (place === undefined || place.opened === 0) return;
      place.openUntil = Math.min(place.openUntil, place.openedAt + FIRST_WAIT_MS);
    },
    undecided(placeId: string) {
      const place = places.get(placeId);
      if (place !== undefined) place.probeUntil = 0;
    },
    follow(before: Snapshot | null, after: Snapshot) {
      for (const placeId of places.keys()) if (isReplaced(placeId, before, after)) places.delete(placeId);
    },
  };
}

/** Gone, or another process since. */
function isReplaced(placeId: string, before: Snapshot | null, after: Snapshot): boolean {
  const node = after.nodes.get(placeId);
  if (node === undefined) return !after.endpoints.has(placeId);
  return node.epoch !== (before?.nodes.get(placeId)?.epoch ?? node.epoch);
}

function forgetChanged(versions: Map<string, Version>, before: Snapshot | null, after: Snapshot): void {
  const then = before && splitsOf(before);
  const now = splitsOf(after);
  for (const versionId of versions.keys()) {
    const split = now.get(versionId);
    if (split === undefined || split !== (then ? then.get(versionId) : split)) versions.delete(versionId);
  }
}

/** Of each candidate, all that makes its split what it is. */
function splitsOf({ tenants }: Snapshot): Map<string, string> {
  const splits = new Map<string, string>();
  for (const { adapters } of tenants.values())
    for (const { id, liveVersionId, candidate } of adapters)
      if (candidate !== null) splits.set(candidate.versionId, `${id} ${liveVersionId} ${candidate.weight}`);
  return splits;
}
