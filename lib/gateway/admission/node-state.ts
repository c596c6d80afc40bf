import type { NodeSlots } from "./ask.ts";
import { BackgroundShare } from "./background-share.ts";
import { FIRST_SERVICE_MS, type Flow, SERVICE_WEIGHT } from "./fair-queue.ts";
import { Residency, type Resident } from "./residency.ts";

/** Of a node's slots and places, the background takes no more than this, also where no customer is. */
const BACKGROUND_SHARE = 0.5;

/** One node process: what runs on it, what it has room for, and what its tiers hold. */
export class NodeState {
  readonly nodeId: string;
  readonly poolId: string;
  readonly epoch: number;
  readonly residency: Residency;
  maxLoras: number;
  maxInFlight: number;
  inFlight = 0;
  /** Start tag of the first who waits for a slot of this node; infinite = nobody does. */
  neededBy = Number.POSITIVE_INFINITY;
  /** Mean time of a request here. */
  serviceMs = FIRST_SERVICE_MS;
  readonly background = new BackgroundShare();
  #maxCpuLoras: number;
  #backgroundAdapters = 0;
  readonly #byFlow = new Map<Flow, number>();

  constructor(slots: NodeSlots) {
    ({ nodeId: this.nodeId, poolId: this.poolId, epoch: this.epoch } = slots);
    ({ maxLoras: this.maxLoras, maxInFlight: this.maxInFlight, maxCpuLoras: this.#maxCpuLoras } = slots);
    this.residency = new Residency(slots.maxLoras, slots.maxCpuLoras);
  }

  /** @returns whether anything changed */
  resize(slots: NodeSlots): boolean {
    const { maxLoras, maxCpuLoras, maxInFlight } = slots;
    const hasSameTiers = maxLoras === this.maxLoras && maxCpuLoras === this.#maxCpuLoras;
    if (hasSameTiers && maxInFlight === this.maxInFlight) return false;
    this.maxLoras = maxLoras;
    this.maxInFlight = maxInFlight;
    this.#maxCpuLoras = maxCpuLoras;
    if (!hasSameTiers) this.residency.resize(maxLoras, maxCpuLoras);
    return true;
  }

  /** Distinct adapters in flight. */
  get adapters(): number {
    return this.residency.running.size;
  }

  inFlightOf(flow: Flow): number {
    return this.#byFlow.get(flow) ?? 0;
  }

  hasPlace(isBackground: boolean, now: number): boolean {
    if (!isBackground) return this.inFlight < this.maxInFlight;
    const most = Math.max(1, Math.floor(this.maxInFlight * BACKGROUND_SHARE));
    const leavesOne = this.inFlight + 1 < this.maxInFlight || this.inFlight === 0;
    const isWithinShare = this.background.inFlight < most && this.background.freeAt(now) <= now;
    return leavesOne && this.inFlight < this.maxInFlight && isWithinShare;
  }

  /** Whether an adapter that is not in flight may come. The background leaves a slot free, unless nothing runs. */
  hasSlot(isBackground: boolean): boolean {
    if (!isBackground) return this.adapters < this.maxLoras;
    return (
      (this.adapters + 1 < this.maxLoras || (this.maxLoras === 1 && this.inFlight === 0)) && this.hasBackgroundShare()
    );
  }

  /** Whether the background may have one adapter more in flight. */
  hasBackgroundShare(): boolean {
    return this.#backgroundAdapters < Math.max(1, Math.floor(this.maxLoras * BACKGROUND_SHARE));
  }

  /** @returns the adapter that runs, null for the base model */
  take(flow: Flow, name: string | null, isBackground: boolean, now: number): Resident | null {
    this.inFlight += 1;
    this.#byFlow.set(flow, this.inFlightOf(flow) + 1);
    this.background.take(isBackground, now);
    if (name === null) return null;
    const resident = this.residency.begin(name, this.residency.find(name), isBackground, now);
    if (isBackground && resident.background === 1) this.#backgroundAdapters += 1;
    return resident;
  }

  give(flow: Flow, resident: Resident | null, isBackground: boolean, tookMs: number, now: number): void {
    this.inFlight -= 1;
    const left = this.inFlightOf(flow) - 1;
    if (left > 0) this.#byFlow.set(flow, left);
    else this.#byFlow.delete(flow);
    this.background.give(isBackground, tookMs, now);
    this.serviceMs += SERVICE_WEIGHT * (tookMs - this.serviceMs);
    flow.serviceMs += SERVICE_WEIGHT * (tookMs - flow.serviceMs);
    if (resident === null) return;
    this.residency.end(resident, isBackground, now);
    if (isBackground && resident.background === 0) this.#backgroundAdapters -= 1;
  }
}
