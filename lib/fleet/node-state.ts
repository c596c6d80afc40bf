import type { Condition } from "#lib/http/schema.ts";
import type { NodeLimits, ProbeResult } from "./schema.ts";

/** One node as the reconcile loop reads it: everything wanted and everything known, in one piece. */
export type NodeState = {
  id: string;
  name: string;
  baseUrl: string;
  sealedKey: string | null;
  engineVersion: string | null;
  simulated: boolean;
  epoch: number;
  processStartedAt: Date | null;
  lastSeenAt: Date | null;
  cordoned: boolean;
  /** While it drains: what still runs may take until then. */
  drainDeadline: Date | null;
  limits: NodeLimits | null;
  conditions: readonly Condition[];
  pool: {
    id: string;
    baseModel: string;
    adapterDirectory: string;
    delivery: "shared" | "fetch";
    driftPolicy: "keep" | "remove";
    maxCpuLoras: number;
  };
  placements: readonly PlacementRow[];
  registrations: readonly RegistrationRow[];
};

/** Desired. */
export type PlacementRow = {
  id: string;
  tenantId: string;
  versionId: string;
  adapterId: string;
  loraName: string;
  /** Path below the adapter store, here and on the node. */
  storePath: string;
  files: readonly { path: string; sizeBytes: number; sha256: string }[];
  /** Only a `ready` version may be loaded anew. */
  isLoadable: boolean;
  desire: "present" | "absent";
  generation: number;
  observedGeneration: number;
  condition: Condition | null;
  attempts: number;
  nextAttemptAt: Date | null;
  /** Since when it is off the node again, and in which epoch; its files stay until nobody can be reading them. */
  unloadedAt: Date | null;
  unloadedEpoch: number | null;
  holders: readonly string[];
};

export type RegistrationStateName = "loaded" | "probing" | "routable" | "failed" | "drift";

/** Observed: the node lists the name. */
export type RegistrationRow = {
  loraName: string;
  versionId: string | null;
  epoch: number;
  state: RegistrationStateName;
  probe: ProbeResult | null;
};

/** The directory a node loads a version from. Built from the pool's mount and our own digest path, never from input. */
export const pathOnNode = (pool: { adapterDirectory: string }, placement: { storePath: string }): string =>
  `${pool.adapterDirectory.replace(/\/+$/, "")}/${placement.storePath}`;
