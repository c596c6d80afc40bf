import type { Condition } from "#lib/http/schema.ts";
import { engineBackend, type SeenBackend } from "#lib/vllm/engine-backend.ts";
import { mixesBaseRows } from "#lib/vllm/known-defects.ts";
import type { NodeLimits, ProbeResult } from "./schema.ts";

/** One node as the reconcile loop reads it: everything wanted and everything known, in one piece. */
export type NodeState = {
  id: string;
  name: string;
  baseUrl: string;
  sealedKey: string | null;
  engineVersion: string | null;
  /** What the node shows of its engine's device, and what an admin said of the machine. */
  backend: SeenBackend | null;
  gpu: string | null;
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
  /** SHA-256 over the version's files. */
  digest: string;
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
  /** What the node's plugin proved on the node's own disk before the load; null = nothing. */
  verifiedDigest: string | null;
};

/**
 * Whether what a node has loaded may be used at all. Where nodes fetch their adapters nobody but the node saw the bytes it
 * loaded, so they count only with its plugin's proof of the very digest. Where the store is shared Switchyard read them.
 */
export const isProven = (
  pool: Pick<NodeState["pool"], "delivery">,
  placement: Pick<PlacementRow, "digest">,
  registration: Pick<RegistrationRow, "verifiedDigest"> | null | undefined,
): boolean => pool.delivery === "shared" || registration?.verifiedDigest === placement.digest;

/** Requests for the base model that run beside adapters come out wrong on this node. */
export const mixesBase = (node: Pick<NodeState, "engineVersion" | "backend" | "gpu">): boolean =>
  mixesBaseRows(node.engineVersion, engineBackend(node.backend, node.gpu));

/** The directory a node loads a version from. Built from the pool's mount and our own digest path, never from input. */
export const pathOnNode = (pool: { adapterDirectory: string }, placement: { storePath: string }): string =>
  `${pool.adapterDirectory.replace(/\/+$/, "")}/${placement.storePath}`;
