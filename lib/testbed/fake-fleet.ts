import type { FakeCounts, LoadPlan } from "./fake-node.ts";
import { ask, startModule } from "./program.ts";

/** Names with the paths that a node lists for them. */
export type Loaded = readonly (readonly [loraName: string, path: string])[];
export type FleetRequest =
  | { kind: "start"; plan: LoadPlan; loaded: Loaded[] }
  /** What was counted since the last time, by node. */
  | { kind: "counts" }
  /** The first nodes end, and come back empty after so long. */
  | { kind: "restart"; downMs: readonly number[]; plan: LoadPlan };
type Replies = {
  start: { ports: number[]; startedAtMs: number[] };
  counts: { counts: FakeCounts[] };
  restart: { answersAtMs: number[] };
};
export type ReplyTo<R extends FleetRequest> = Replies[R["kind"]];

/** Light nodes in a process of their own, so that their work is not taken for ours. One question at a time. */
export type FakeFleet = {
  ask<R extends FleetRequest>(request: R): Promise<ReplyTo<R>>;
  stop(): Promise<void>;
};

export function startFakeFleet(): FakeFleet {
  const starting = startModule(new URL("./fake-fleet-child.ts", import.meta.url), null);
  return {
    ask: async (request) => ask(await starting, request),
    stop: async () => (await starting).kill(),
  };
}
