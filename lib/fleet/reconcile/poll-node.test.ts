import { describe, expect, it } from "vitest";
import { type NodeClient, NodeError } from "#lib/vllm/node-client.ts";
import type { NodeState } from "../node-state.ts";
import { pollNode } from "./poll-node.ts";

const START = "process_start_time_seconds 1764000000\n";
const before = {
  engineVersion: "0.24.0",
  epoch: 3,
  processStartedAt: new Date(1_764_000_000_000),
  drainDeadline: null,
  registrations: [],
  placements: [],
} as unknown as NodeState;

/** A node that answers the questions of a poll; `version` may refuse. */
const nodeWith = (metrics: string, version: string | NodeError, names: readonly string[] = []): NodeClient =>
  ({
    models: async () => ({ simulated: false, cards: names.map((id) => ({ id, root: `/s/${id}`, parent: "base" })) }),
    metrics: async () => metrics,
    health: async () => true,
    version: async () => {
      if (version instanceof NodeError) throw version;
      return version;
    },
  }) as unknown as NodeClient;
const poll = (client: NodeClient, state: NodeState = before) => pollNode(client, state, new AbortController().signal);

describe("the version at a poll", () => {
  it("is asked after a restart, and not while the same process runs", async () => {
    expect(await poll(nodeWith(START, "0.32.0"))).toMatchObject({ kind: "seen", version: null });
    const restarted = START.replace("1764000000", "1764000100");
    expect(await poll(nodeWith(restarted, "0.32.0"))).toMatchObject({ kind: "seen", version: "0.32.0" });
  });

  it("is asked every time where a restart may leave no trace, and may stay unanswered", async () => {
    expect(await poll(nodeWith("", "0.32.0"))).toMatchObject({ kind: "seen", version: "0.32.0" });
    const silent = new NodeError("timeout", 0, "no answer");
    expect(await poll(nodeWith("", silent))).toMatchObject({ kind: "seen", version: null });
    expect(await poll(nodeWith("", silent), { ...before, epoch: 0 })).toMatchObject({
      kind: "missed",
      fault: "timeout",
    });
  });
});

describe("a reference adapter", () => {
  it("is nobody's node drift: an inspection takes it off again", async () => {
    const seen = await poll(nodeWith(START, "0.32.0", ["0--delivery--v1764000000-0123456789ab", "stranger"]));
    expect(seen.kind === "seen" && seen.cards.map(({ id }) => id)).toEqual(["stranger"]);
  });
});
