import { describe, expect, it } from "vitest";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import { createFallbackWatch } from "./fallback-watch.ts";

const NOON = Date.parse("2026-11-25T12:00:00.000Z");
const at = (seconds: number) => new Date(NOON + seconds * 1000);

function setUp() {
  const watch = createFallbackWatch();
  const answer = (seconds: number, change: Partial<RequestTrace> = {}) =>
    watch.note(makeTrace({ id: `req_${seconds}`, tenantId: "ten_a", endedAt: at(seconds), ...change }));
  return {
    watch,
    own: answer,
    fallback: (seconds: number, fallbackReason = "no_node") =>
      answer(seconds, { via: "base_model", versionId: null, fallbackReason }),
    status: (seconds: number) => watch.conditions(at(seconds)).map((condition) => condition.status),
  };
}

describe("createFallbackWatch", () => {
  it("says at once who answers instead, why and since when", () => {
    const { watch, own, fallback } = setUp();
    own(0);
    fallback(10);
    fallback(70, "saturated");
    expect(watch.conditions(at(71))).toEqual([
      {
        subject: "tenant:ten_a",
        type: "OnFallback",
        tenantId: "ten_a",
        status: "true",
        reason: "saturated",
        message: "The base model answers instead, as its pool has no capacity in time. Since 2026-11-25 12:00 UTC.",
      },
    ]);
  });

  it("is back to normal only after a minute without a fallback and an answer of its own", () => {
    const { own, fallback, status } = setUp();
    fallback(0);
    own(5);
    expect(status(59)).toEqual(["true"]);
    expect(status(60)).toEqual(["false"]);
    fallback(100);
    expect(status(220)).toEqual(["true"]); // silence proves nothing
    own(221);
    expect(status(222)).toEqual(["false"]);
  });

  it("does not know after ten minutes of silence, and says nothing after an hour", () => {
    const { own, fallback, status } = setUp();
    fallback(0);
    expect(status(601)).toEqual(["unknown"]);
    own(700);
    expect(status(701)).toEqual(["false"]);
    expect(status(1_301)).toEqual(["unknown"]);
    status(4_301);
    expect(status(4_302)).toEqual([]);
  });

  it("takes an origin that answers as the route's own target for no fallback, and heeds customers' answers only", () => {
    const { own, status } = setUp();
    own(0, { via: "origin", endpointId: "end_a" });
    expect(status(1)).toEqual(["false"]);
    const other = setUp();
    other.own(0, { kind: "shadow", fallbackReason: "no_node" });
    other.own(0, { status: 503, fallbackReason: "no_node" });
    other.own(0, { tenantId: null });
    expect(other.status(1)).toEqual([]);
  });
});
