import { describe, expect, it } from "vitest";
import type { Placement } from "#lib/fleet/schema.ts";
import { type Contender, decideAdmission, waitLimitMs } from "./decide-admission.ts";
import { type PlacementProgress, placementProgress } from "./placement-progress.ts";

const now = new Date("2026-11-24T12:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);
const contender = (progress: Partial<PlacementProgress> = {}, state = "ready"): Contender => ({
  name: "Version 3",
  state,
  progress: { routable: [], waiting: [], failed: [], since: null, ...progress },
});
const there = contender({ routable: ["node-1"], waiting: ["node-2: loading"] });
const decide = (contenders: Contender[], queuedAt = ago(1000)) => decideAdmission(contenders, queuedAt, now);

describe("decideAdmission", () => {
  it("starts when both are routable somewhere", () => {
    expect(decide([there, there])).toEqual({ kind: "start" });
  });

  it("waits for the one that is not, and says where it stands", () => {
    expect(decide([there, contender({ waiting: ["node-2: Being loaded."] })])).toEqual({
      kind: "wait",
      message: "Waits for Version 3 to be routable. node-2: Being loaded.",
    });
    expect(decide([contender(), there])).toMatchObject({
      kind: "wait",
      message: expect.stringContaining("in service"),
    });
  });

  it("fails for good when every node has given up, or the version was withdrawn", () => {
    expect(decide([contender({ failed: ["node-1: bad file."] }), there]).kind).toBe("fail");
    expect(decide([contender({ failed: ["node-1: bad."], waiting: ["node-2: loading."] }), there]).kind).toBe("wait");
    expect(decide([contender({ routable: ["node-1"] }, "quarantined"), there])).toMatchObject({
      kind: "fail",
      message: expect.stringContaining("quarantined"),
    });
  });

  it("fails after ten minutes without progress, counted from the last progress", () => {
    const stuck = (since: Date | null) => contender({ waiting: ["node-1: loading."], since });
    const queued = ago(waitLimitMs);
    expect(decide([stuck(null), there], queued).kind).toBe("fail");
    expect(decide([stuck(ago(5000)), there], queued).kind).toBe("wait");
    expect(decide([there, there], ago(10 * waitLimitMs)).kind).toBe("start");
  });
});

describe("placementProgress", () => {
  const nodes = [1, 2, 3, 4].map((number) => ({ nodeId: `n${number}`, nodeName: `node-${number}` }));
  const placement = (nodeId: string, change: Partial<Placement>): Placement => ({
    id: `p-${nodeId}`,
    tenantId: "t",
    versionId: "v",
    nodeId,
    nodeName: null,
    desire: "present",
    state: "loading",
    reason: "loading",
    message: "Being loaded.",
    since: ago(60_000).toISOString(),
    updating: false,
    attempts: 0,
    nextAttemptAt: null,
    loadedAt: null,
    probe: null,
    holds: [],
    ...change,
  });
  const later = (ms: number) => new Date(now.getTime() + ms).toISOString();

  it("sorts nodes by what their placement came to", () => {
    const placements = [
      placement("n1", { state: "routable", since: ago(10).toISOString() }),
      placement("n2", { state: "failed", message: "Refused.", nextAttemptAt: later(3_600_000) }),
      placement("n3", { state: "failed", message: "Busy.", nextAttemptAt: later(4_000) }),
      placement("n9", { state: "failed", since: now.toISOString() }),
    ];
    expect(placementProgress(nodes, new Set(["n1", "n9"]), placements, now)).toEqual({
      routable: ["node-1"],
      failed: ["node-2: Refused."],
      waiting: ["node-3: Busy.", "node-4: not asked to load it yet."],
      since: ago(10),
    });
  });

  it("believes the registration, not a stale condition, and no failure of an older wish", () => {
    const placements = [
      placement("n1", { state: "routable" }),
      placement("n2", { state: "failed" }),
      placement("n3", { state: "failed", updating: true }),
    ];
    const { routable, failed, waiting } = placementProgress(nodes.slice(0, 3), new Set(["n2"]), placements, now);
    expect(routable).toEqual(["node-2"]);
    expect(failed).toEqual([]);
    expect(waiting).toHaveLength(2);
  });
});
