import { unitOf } from "../hash.ts";
import type { Fault, FaultKind } from "./fault.ts";

export type ActiveFault = { id: string; fault: Fault; hits: number; left: number | null };

type Entry = ActiveFault & { sinceMs: number };
type Asked = { method: string; path: string };

const DEFAULT_PATH: Partial<Record<FaultKind, readonly string[]>> = {
  silent_load: ["/v1/load_lora_adapter", "/adapters"],
  huge_metrics: ["/metrics"],
};
const DEFAULT_PERIOD_MS = 1000;

/** Which faults a node has now, and which of them strike a request. Time is an argument; nothing is done here. */
export class FaultList {
  readonly #nowMs: () => number;
  #entries: Entry[] = [];
  #lastId = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @returns the fault's id */
  add(fault: Fault): string {
    this.#lastId += 1;
    const id = `fault-${this.#lastId}`;
    const times = fault.times ?? (fault.kind === "lost_adapter" ? 1 : null);
    this.#entries.push({ id, fault, hits: 0, left: times, sinceMs: this.#nowMs() });
    return id;
  }

  clear(): void {
    this.#entries = [];
  }

  list(): ActiveFault[] {
    return this.#entries.map(({ id, fault, hits, left }) => ({ id, fault, hits, left }));
  }

  /** The faults that strike this request, in order of injection; each of them has struck once more. */
  strike(asked: Asked): Fault[] {
    return this.#take((entry) => isForRequests(entry.fault) && isStruck(entry.fault, asked) && !this.#isUp(entry));
  }

  /** Whether this load must leave no trace. */
  swallowsLoad(loraName: string, path: string): boolean {
    const isMeant = ({ fault }: Entry) =>
      fault.kind === "silent_load" &&
      isStruck(fault, { method: "POST", path }) &&
      (fault.loraName === undefined || fault.loraName === loraName);
    return this.#take(isMeant).length > 0;
  }

  /** The names, of those a node knows, that it must forget now. */
  lostOf(names: readonly string[]): string[] {
    const isLost = ({ fault }: Entry, name: string) =>
      fault.kind === "lost_adapter" && (fault.loraName === undefined || fault.loraName === name);
    const lost = names.filter((name) => this.#entries.some((entry) => isLost(entry, name)));
    if (lost.length > 0) this.#take((entry) => lost.some((name) => isLost(entry, name)));
    return lost;
  }

  /** With which status a request of this adapter fails; null = it does not. */
  failureOf(loraName: string): number | null {
    const [failing] = this.#take(
      ({ fault }) => fault.kind === "failing_adapter" && (fault.loraName === undefined || fault.loraName === loraName),
    );
    return failing === undefined ? null : (failing.status ?? 500);
  }

  /** How far the node's clock is off, in seconds. */
  skewSeconds(): number {
    return this.#entries.reduce(
      (sum, { fault }) => sum + (fault.kind === "clock_skew" ? (fault.skewSeconds ?? 0) : 0),
      0,
    );
  }

  #take(isMeant: (entry: Entry) => boolean): Fault[] {
    const struck = this.#entries.filter(isMeant);
    for (const entry of struck) {
      entry.hits += 1;
      if (entry.left !== null) entry.left -= 1;
    }
    this.#entries = this.#entries.filter((entry) => entry.left !== 0);
    return struck.map((entry) => entry.fault);
  }

  /** A flapping node begins down; turns last 0.5 to 1.5 times `periodMs`. */
  #isUp({ fault, sinceMs }: Entry): boolean {
    if (fault.kind !== "flap") return false;
    let leftMs = this.#nowMs() - sinceMs;
    for (let turn = 0; ; turn += 1) {
      leftMs -= (fault.periodMs ?? DEFAULT_PERIOD_MS) * (0.5 + unitOf("flap", fault.seed ?? 0, turn));
      if (leftMs < 0) return turn % 2 === 1;
    }
  }
}

function isForRequests({ kind }: Fault): boolean {
  switch (kind) {
    case "lost_adapter":
    case "failing_adapter":
    case "clock_skew":
    case "silent_load":
      return false;
    case "refuse":
    case "reset":
    case "hang":
    case "slow":
    case "error":
    case "html":
    case "half_body":
    case "huge_metrics":
    case "flap":
      return true;
  }
}

function isStruck(fault: Fault, { method, path }: Asked): boolean {
  const prefixes = fault.path === undefined ? (DEFAULT_PATH[fault.kind] ?? ["/"]) : [fault.path];
  return (
    prefixes.some((prefix) => path.startsWith(prefix)) &&
    (fault.method === undefined || fault.method.toUpperCase() === method)
  );
}
