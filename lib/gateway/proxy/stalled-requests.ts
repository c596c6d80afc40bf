import { type Indexed, IndexedSet } from "../indexed-set.ts";

/** A request that waits for the head of its reply. */
export type PendingRequest = Indexed & {
  /** Whoever has it says nothing to anybody, and failed its checks: it may go elsewhere. */
  onSilence(): void;
};

/** What is heard of one node: kept by counts, so that a chunk costs an addition. */
export type NodeQueue = {
  readonly waiting: IndexedSet<PendingRequest>;
  /** Heads and chunks of replies so far. */
  heard: number;
};
type Kept = NodeQueue & { heardAtTick: number; hadWaiting: boolean; silentTicks: number };

/** A node that is down has to be silent for so many ticks before its requests leave it. */
const TICKS_TO_LEAVE = 3;

/**
 * Who waits at which node, and which node says nothing at all although requests wait there. A node at work on long
 * prompts can be silent too, so silence alone moves nobody: it brings the node a health check ahead of its turn.
 */
export class StalledRequests {
  readonly #queues = new Map<string, Kept>();

  queueOf(nodeId: string): NodeQueue {
    const known = this.#queues.get(nodeId);
    if (known) return known;
    const queue = {
      waiting: new IndexedSet<PendingRequest>(),
      heard: 0,
      heardAtTick: 0,
      hadWaiting: false,
      silentTicks: 0,
    };
    this.#queues.set(nodeId, queue);
    return queue;
  }

  /** Call it about once a second. */
  tick(): void {
    for (const queue of this.#queues.values()) {
      const isWaiting = queue.waiting.size > 0;
      const isSilent = isWaiting && queue.hadWaiting && queue.heard === queue.heardAtTick;
      queue.silentTicks = isSilent ? queue.silentTicks + 1 : 0;
      queue.hadWaiting = isWaiting;
      queue.heardAtTick = queue.heard;
    }
  }

  /** Requests waited there from one tick to the next, and nothing came. */
  isSilent = (nodeId: string): boolean => (this.#queues.get(nodeId)?.silentTicks ?? 0) > 0;

  /** Of nodes that count as down: whoever waits there may leave, if the node has been silent for seconds. */
  letLeave(nodeId: string): void {
    const queue = this.#queues.get(nodeId);
    if (queue === undefined || queue.silentTicks < TICKS_TO_LEAVE) return;
    for (const request of queue.waiting.list()) request.onSilence();
  }

  keepOnly(nodes: ReadonlyMap<string, unknown>): void {
    for (const [nodeId, { waiting }] of this.#queues)
      if (waiting.size === 0 && !nodes.has(nodeId)) this.#queues.delete(nodeId);
  }
}
