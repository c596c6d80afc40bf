import { describe, expect, it } from "vitest";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import { bucketOf, noDurations } from "#lib/requests/usage/durations.ts";
import { createUsageBuffer } from "./usage-buffer.ts";

const NOON = Date.parse("2026-11-25T12:00:00.000Z");
const at = (seconds: number) => new Date(NOON + seconds * 1000);
let serial = 0;
const trace = (change: Partial<RequestTrace> = {}) => {
  serial += 1;
  return makeTrace({ id: `req_${serial}`, tenantId: "ten_a", arrivedAt: at(1), endedAt: at(2), ...change });
};
const setUp = () => {
  const lost: number[] = [];
  return { lost, book: createUsageBuffer("gwy_1", (requests) => lost.push(requests)) };
};
const total = (counts: Readonly<Record<string, number>> | readonly number[] = {}) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe("createUsageBuffer", () => {
  it("counts each outcome once, by tenant, adapter, version, kind and way", () => {
    const { book } = setUp();
    const own = { adapterId: "adp_a", versionId: "ver_a" };
    book.count(
      trace({ ...own, promptTokens: 10, completionTokens: 20, queuedMs: 7, stream: true, firstByteAt: at(1.4) }),
      null,
    );
    book.count(trace({ ...own, status: 502 }), null);
    book.count(trace({ ...own, status: 429, via: null, versionId: null }), null);
    book.count(trace({ ...own, status: 404, via: null, versionId: null }), null);
    book.count(trace({ ...own, via: "base_model", versionId: null, fallbackReason: "no_node" }), null);
    book.count(trace({ ...own, kind: "eval" }), null);
    book.count(trace({ tenantId: null, status: 401 }), null);
    const rows = book.unsaved(100).map(({ row }) => row);
    expect(
      rows.map((row) => [row.kind, row.via, row.requests, row.failed, row.refused, row.shed, row.fallbacks]),
    ).toEqual([
      ["user", "primary", 2, 1, 0, 0, 0],
      ["user", "", 2, 0, 1, 1, 0],
      ["user", "base_model", 1, 0, 0, 0, 1],
      ["eval", "primary", 1, 0, 0, 0, 0],
    ]);
    const [first] = rows;
    expect(first).toMatchObject({
      instanceId: "gwy_1",
      at: at(0),
      adapterId: "adp_a",
      versionId: "ver_a",
      uncounted: 0,
    });
    expect([first?.promptTokens, first?.completionTokens]).toEqual([10, 20]);
    expect(first?.latency[bucketOf(1_000)]).toBe(1);
    expect(first?.ttft[bucketOf(400)]).toBe(1);
    expect(first?.queued[bucketOf(7)]).toBe(1);
    expect([total(first?.latency), total(first?.ttft), total(first?.queued)]).toEqual([1, 1, 1]);
    expect(rows[2]?.uncounted).toBe(1);
  });

  it("adds the gaps between chunks that the proxy counted", () => {
    const { book } = setUp();
    const gaps = noDurations();
    gaps[bucketOf(11)] = 40;
    book.count(trace({ stream: true }), gaps);
    book.count(trace({ stream: true }), gaps);
    expect(book.unsaved(1)[0]?.row.interToken[bucketOf(11)]).toBe(80);
  });

  it("sends a row again, whole, until it is stored as it stands, and forgets past minutes then", () => {
    const { book } = setUp();
    book.count(trace(), null);
    const sent = book.unsaved(100);
    book.count(trace(), null); // while the statement runs
    book.confirm(sent, at(30));
    expect(book.unsaved(100).map(({ row }) => row.requests)).toEqual([2]);
    book.confirm(book.unsaved(100), at(31));
    expect([book.unsaved(100), book.size()]).toEqual([[], 1]);
    book.count(trace({ endedAt: at(61) }), null);
    book.confirm(book.unsaved(100), at(62));
    expect(book.size()).toBe(1);
    book.confirm([], at(121));
    expect(book.size()).toBe(0);
  });

  it("never opens a minute again that was stored and forgotten, whatever the clock says", () => {
    const { book } = setUp();
    book.count(trace({ endedAt: at(61) }), null);
    book.confirm(book.unsaved(100), at(130));
    expect(book.size()).toBe(0);
    book.count(trace({ endedAt: at(61) }), null);
    expect(book.unsaved(100)[0]?.row.at).toEqual(at(120));
  });

  it("is bounded: the oldest rows go, and it is told how many requests went with them", () => {
    const { book, lost } = setUp();
    for (let index = 0; index < 20_010; index += 1) book.count(trace({ tenantId: `ten_${index}` }), null);
    expect([book.size(), lost.length, total(lost)]).toEqual([20_000, 10, 10]);
    expect(book.unsaved(1)[0]?.row.tenantId).toBe("ten_10");
  });
});
