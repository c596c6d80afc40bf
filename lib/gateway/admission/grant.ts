import type { ExpectedTier } from "#lib/requests/trace/trace.ts";
import type { Place } from "./ask.ts";
import type { FairQueue, Flow } from "./fair-queue.ts";
import type { NodeState } from "./node-state.ts";
import type { PoolState } from "./pool-state.ts";
import type { Resident } from "./residency.ts";

/** What a place was given for. */
export type Granted = {
  readonly pool: PoolState;
  readonly queue: FairQueue;
  readonly flow: Flow;
  readonly node: NodeState;
  /** null = the base model. */
  readonly resident: Resident | null;
  readonly isBackground: boolean;
  /** As charged. */
  readonly tokens: number;
  readonly at: number;
};

/** A place in use. */
export class Grant implements Place {
  readonly nodeId: string;
  readonly tier: ExpectedTier;
  readonly queuedMs: number;
  readonly heldMs: number;
  readonly #granted: Granted;
  readonly #owner: { giveBack(granted: Granted, tokens: number | undefined): void };
  #isReleased = false;

  constructor(
    granted: Granted,
    owner: { giveBack(granted: Granted, tokens: number | undefined): void },
    served: { tier: ExpectedTier; queuedMs: number; heldMs: number },
  ) {
    this.#granted = granted;
    this.#owner = owner;
    this.nodeId = granted.node.nodeId;
    this.tier = served.tier;
    this.queuedMs = served.queuedMs;
    this.heldMs = served.heldMs;
  }

  release(tokens?: number): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#owner.giveBack(this.#granted, tokens);
  }
}
