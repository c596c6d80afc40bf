import type { Node } from "#lib/fleet/schema.ts";

/** A healthy node with this name, changed as the test needs it. */
export const nodeNamed = (name: string, change: Partial<Node> = {}): Node => ({
  id: `node_${name}`,
  poolId: "pool_1",
  poolSlug: "pool",
  name,
  baseUrl: "http://127.0.0.1:8100",
  hasKey: false,
  standalone: false,
  gpu: null,
  pricePerHour: null,
  engineVersion: "0.32.0",
  simulated: false,
  epoch: 1,
  processStartedAt: null,
  cordoned: false,
  drainDeadline: null,
  limits: null,
  findings: null,
  health: "healthy",
  healthReason: "",
  conditions: [
    { type: "Reachable", status: "true", reason: "ok", message: "", lastTransitionTime: "2026-11-24T08:00:00Z" },
  ],
  lastSeenAt: "2026-11-24T08:00:00Z",
  placements: { desired: 0, routable: 0, failed: 0 },
  drift: [],
  generation: 1,
  createdAt: "2026-11-24T08:00:00Z",
  ...change,
});
