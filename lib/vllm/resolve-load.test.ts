import { describe, expect, it } from "vitest";
import { engineProfile } from "./engine-profile.ts";
import { classifyLoadError } from "./errors.ts";
import type { LoadOutcome } from "./node-client.ts";
import { resolveLoad } from "./resolve-load.ts";
import { recorded } from "./testdata/recorded.ts";

const PATH = "/data/acme--support/0123456789ab";
const refused = (topic: string, name: string): LoadOutcome => {
  const reply = recorded(topic, name);
  return { kind: "refused", error: classifyLoadError(reply.status, reply.body, engineProfile("0.32.0")) };
};

describe("resolveLoad", () => {
  it("believes a success only when the name is listed with our path", () => {
    expect(resolveLoad({ kind: "accepted" }, PATH, PATH)).toEqual({ state: "loaded" });
    expect(resolveLoad({ kind: "accepted" }, PATH, undefined)).toMatchObject({
      state: "failed",
      error: { code: "vanished_after_load" },
    });
  });

  it("counts 'already loaded' only when our path is the root", () => {
    const outcome = refused("load", "twice");
    expect(resolveLoad(outcome, PATH, PATH)).toEqual({ state: "loaded" });
    expect(resolveLoad(outcome, PATH, "/elsewhere")).toEqual({ state: "foreign", root: "/elsewhere" });
    expect(resolveLoad(outcome, PATH, undefined)).toMatchObject({ state: "failed", error: { class: "transient" } });
  });

  it("settles an unknown outcome by looking, and else waits", () => {
    const outcome: LoadOutcome = { kind: "unknown", message: "timed out" };
    expect(resolveLoad(outcome, PATH, PATH)).toEqual({ state: "loaded" });
    expect(resolveLoad(outcome, PATH, undefined)).toEqual({ state: "pending", message: "timed out" });
  });

  it("keeps the node's reason for a refusal", () => {
    expect(resolveLoad(refused("load-bad-adapter", "rank-32"), PATH, undefined)).toMatchObject({
      state: "failed",
      error: { class: "permanent", code: "rank_above_limit" },
    });
  });
});
