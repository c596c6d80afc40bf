import { type Indexed, IndexedSet } from "../indexed-set.ts";

/** A request that waits for the head of its reply. */
export type PendingRequest = Indexed & {
  /** Whoever has it says nothing to anybody, and failed its checks: it may go elsewhere. */
  onSilence(): void;
};

/** What is heard of one node: kept by counts, so that a chunk costs an addition. */
export type Line = {
  readonly waiting: IndexedSet<PendingRequest>;
  /** Heads and chunks of replies so far. */
  heard: number;
};
type Kept = Line & { heardAtTick: number; hadWaiting: boolean; silentTicks: number };

/** A node that is down has to be silent for so many ticks before its requests leave it. */
const TICKS_TO_LEAVE = 3;

/**
 * Who waits at which node, and which node says nothing at all although requests wait there. A node at work on long
 * prompts can be silent too, so silence alone moves nobody: it brings the node a health check ahead of its turn.
 */
export class StalledRequests {
  readonly #lines = new Map<string, Kept>();

  lineOf(nodeId: string): Line {
    const known = this.#lines.get(nodeId);
    if (known) return known;
    const line = {
      waiting: new IndexedSet<PendingRequest>(),
      heard: 0,
      heardAtTick: 0,
      hadWaiting: false,
      silentTicks: 0,
    };
    this.#lines.set(nodeId, line);
    return line;
  }

  /** Call it about once a second. */
  tick(): void {
    for (const line of this.#lines.values()) {
      const isWaiting = line.waiting.size > 0;
      const isSilent = isWaiting && line.hadWaiting && line.heard === line.heardAtTick;
      line.silentTicks = isSilent ? line.silentTicks + 1 : 0;
      line.hadWaiting = isWaiting;
      line.heardAtTick = line.heard;
    }
  }

  /** Requests waited there from one tick to the next, and nothing came. */
  isSilent = (nodeId: string): boolean => (this.#lines.get(nodeId)?.silentTicks ?? 0) > 0;

  /** Of nodes that count as down: whoever waits there may leave, if the node has been silent for seconds. */
  letLeave(nodeId: string): void {
    const line = this.#lines.get(nodeId);
    if (line === undefined || line.silentTicks < TICKS_TO_LEAVE) return;
    for (const request of line.waiting.list()) request.onSilence();
  }

  keepOnly(nodes: ReadonlyMap<string, unknown>): void {
    for (const [nodeId, { waiting }] of this.#lines)
      if (waiting.size === 0 && !nodes.has(nodeId)) this.#lines.delete(nodeId);
  }
}
