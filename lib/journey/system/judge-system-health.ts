import { MIN_FREE_BYTES } from "#lib/platform/supervisor/disk.ts";
import type { WorkerReport } from "#lib/platform/worker-presence.ts";
import type { LoopView } from "../browser/system-schema.ts";
import { isThere } from "./judge-loops.ts";

/** A channel whose messages do not leave: the oldest that waits though it was tried, and the last that was given up. */
export type ChannelTrouble = { name: string; waitsSince: Date | null; gaveUpAt: Date | null };
/** Of the last scrape, and since when it goes wrong. */
export type ScrapeFacts = { nodes: number; unseenSince: Date | null; lostAt: Date | null };

/** Everything that Switchyard's own health is judged by; workers and gateways, the one last seen first. */
export type SystemFacts = {
  loops: readonly LoopView[];
  workers: readonly { seenAt: Date; report: Pick<WorkerReport, "freeBytes"> }[];
  gateways: readonly { seenAt: Date; snapshotAt: Date | null }[];
  channels: readonly ChannelTrouble[];
  /** Of the whole database server, those kept for its superuser left out. */
  connections: { used: number; usable: number };
  /** null = nothing was scraped yet. */
  scrape: ScrapeFacts | null;
};

/** A gateway that routes by an older snapshot may not know what was changed since. */
const OLD_SNAPSHOT_MS = 60_000;
/** Whoever cannot get a connection fails at once, so the last few are told of before they are gone. */
const CONNECTIONS_FULL = 0.95;
/** Below half of this a start is refused. */
const LOW_DISK_BYTES = 2 * MIN_FREE_BYTES;
/** A message is tried again after seconds at first; one that still waits after this is stuck. */
export const STUCK_MESSAGE_MS = 5 * 60_000;
/** What was given up, or lost, is told of for so long. */
export const TOLD_FOR_MS = 3_600_000;
/** A node that restarts is not seen for some polls. */
const UNSEEN_MS = 60_000;

/**
 * What is wrong with Switchyard itself, what explains most first: nobody works, there is no room to work in, a loop does
 * not do its work, nobody is answered, nobody is told, and nobody can see.
 */
export function judgeSystemHealth(facts: SystemFacts, now: Date): string[] {
  const blind = noWorker(facts, now);
  // without a worker nothing else is known to be so now, but who answers customers
  if (blind !== null) return [blind, ...known([gatewayGone(facts, now)])];
  return known([
    stoppedLoop(facts.loops),
    lowDisk(facts, now),
    fewConnections(facts.connections),
    lateLoop(facts.loops),
    failingLoop(facts.loops),
    gatewayGone(facts, now),
    stuckMessages(facts.channels, now),
    oldSnapshot(facts, now),
    unseenFleet(facts.scrape, now),
    lostScrapes(facts.scrape, now),
  ]);
}

const known = (troubles: readonly (string | null)[]): string[] => troubles.filter((one) => one !== null);

function noWorker({ loops, workers }: SystemFacts, now: Date): string | null {
  if (loops.length === 0) return "The worker has not run yet";
  if (workers.some(({ seenAt }) => isThere(seenAt, now))) return null;
  const [last] = workers;
  return last === undefined ? "No worker runs" : `No worker seen for ${spanOf(now, last.seenAt)}`;
}

const inState = (loops: readonly LoopView[], state: LoopView["state"]): LoopView[] =>
  loops.filter((loop) => loop.state === state);

function stoppedLoop(loops: readonly LoopView[]): string | null {
  const stopped = inState(loops, "stopped");
  return stopped.length === 0 ? null : `${namesOf(stopped)} ${stopped.length > 1 ? "are" : "is"} run by no worker`;
}

function lateLoop(loops: readonly LoopView[]): string | null {
  const [late] = inState(loops, "late").sort((one, other) => (other.overdueSeconds ?? 0) - (one.overdueSeconds ?? 0));
  return late ? `${late.name} ${spanText(late.overdueSeconds ?? 0)} late` : null;
}

function failingLoop(loops: readonly LoopView[]): string | null {
  const [failing] = inState(loops, "failing");
  return failing ? `${failing.name} fails: ${failing.lastError}` : null;
}

/** What nobody could look at is unknown, and no trouble. */
function lowDisk({ workers }: SystemFacts, now: Date): string | null {
  const free = workers.flatMap(({ seenAt, report: { freeBytes } }) =>
    isThere(seenAt, now)
      ? [
          { of: "The data disk", bytes: freeBytes.data },
          { of: "The adapter store's disk", bytes: freeBytes.adapters },
        ]
      : [],
  );
  const least = free
    .flatMap(({ of, bytes }) => (bytes !== null && bytes < LOW_DISK_BYTES ? [{ of, bytes }] : []))
    .sort((one, other) => one.bytes - other.bytes)[0];
  return least === undefined ? null : `${least.of} is nearly full: ${Math.floor(least.bytes / 1e6)} MB free`;
}

const fewConnections = ({ used, usable }: SystemFacts["connections"]): string | null =>
  used >= usable * CONNECTIONS_FULL ? `${used} of ${usable} database connections are in use` : null;

function gatewayGone({ gateways }: SystemFacts, now: Date): string | null {
  if (gateways.some(({ seenAt }) => isThere(seenAt, now))) return null;
  const [last] = gateways;
  return last === undefined ? "No gateway runs" : `No gateway seen for ${spanOf(now, last.seenAt)}`;
}

function oldSnapshot({ gateways }: SystemFacts, now: Date): string | null {
  const old = gateways.find(
    ({ seenAt, snapshotAt }) =>
      isThere(seenAt, now) && (snapshotAt === null || now.getTime() - snapshotAt.getTime() > OLD_SNAPSHOT_MS),
  );
  if (old === undefined) return null;
  return old.snapshotAt === null
    ? "A gateway has no snapshot yet"
    : `Gateway on a snapshot ${spanOf(now, old.snapshotAt)} old`;
}

function stuckMessages(channels: readonly ChannelTrouble[], now: Date): string | null {
  const isOver = (at: Date | null, ms: number) => at !== null && now.getTime() - at.getTime() >= ms;
  const stuck = channels
    .filter(({ waitsSince }) => isOver(waitsSince, STUCK_MESSAGE_MS))
    .sort((one, other) => (one.waitsSince?.getTime() ?? 0) - (other.waitsSince?.getTime() ?? 0));
  const [longest] = stuck;
  if (longest?.waitsSince)
    return `Messages to ${channelsText(longest, stuck.length)} have not left for ${spanOf(now, longest.waitsSince)}`;
  const given = channels
    .filter(({ gaveUpAt }) => gaveUpAt !== null && !isOver(gaveUpAt, TOLD_FOR_MS))
    .sort((one, other) => (other.gaveUpAt?.getTime() ?? 0) - (one.gaveUpAt?.getTime() ?? 0));
  const [newest] = given;
  return newest?.gaveUpAt
    ? `Messages to ${channelsText(newest, given.length)} were given up ${spanOf(now, newest.gaveUpAt)} ago`
    : null;
}

const channelsText = ({ name }: ChannelTrouble, count: number): string =>
  count === 1 ? `"${name}"` : `"${name}" and ${count - 1} more ${count === 2 ? "channel" : "channels"}`;

function unseenFleet(scrape: ScrapeFacts | null, now: Date): string | null {
  if (scrape === null || scrape.unseenSince === null) return null;
  if (now.getTime() - scrape.unseenSince.getTime() < UNSEEN_MS) return null;
  return `Scrape has seen 0 of ${scrape.nodes} nodes for ${spanOf(now, scrape.unseenSince)}`;
}

function lostScrapes(scrape: ScrapeFacts | null, now: Date): string | null {
  if (scrape === null || scrape.lostAt === null) return null;
  const isRecent = now.getTime() - scrape.lostAt.getTime() < TOLD_FOR_MS;
  return isRecent ? `Scrapes were lost ${spanOf(now, scrape.lostAt)} ago: the charts have a gap` : null;
}

const NAMED = 2;
const namesOf = (loops: readonly LoopView[]): string => {
  const names = loops.slice(0, NAMED).map(({ name }) => name);
  return loops.length > NAMED ? `${names.join(", ")} and ${loops.length - NAMED} more loops` : names.join(" and ");
};

const spanOf = (now: Date, since: Date): string => spanText(Math.round((now.getTime() - since.getTime()) / 1000));
const spanText = (seconds: number): string =>
  seconds < 120
    ? `${Math.max(0, seconds)} s`
    : seconds < 7_200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3_600)} h`;
