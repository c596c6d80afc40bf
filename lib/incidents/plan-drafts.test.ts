import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FallbackMinute, lengthOf, longestFallback } from "./longest-fallback.ts";
import { type FallbackAlert, type KnownIncident, planDrafts } from "./plan-drafts.ts";

const MINUTE = 60_000;
const START = Date.parse("2026-11-25T12:00:00Z");
const at = (minute: number, second = 0) => new Date(START + minute * MINUTE + second * 1000);
const minute = (index: number, fallbacks: number, own: number): FallbackMinute => ({
  at: at(index),
  fallbacks,
  own,
  firstAt: fallbacks === 0 ? null : at(index, 10),
  lastAt: fallbacks === 0 ? null : at(index, 50),
});

describe("the longest fallback", () => {
  it("goes from the first to the last one, over minutes without a request, and ends where only the own version answers", () => {
    expect(longestFallback([])).toBeNull();
    expect(longestFallback([minute(0, 0, 9)])).toBeNull();
    expect(longestFallback([minute(0, 1, 0), minute(1, 2, 5), minute(6, 1, 0)])).toEqual({
      from: at(0, 10),
      to: at(6, 50),
    });
    const broken = [minute(0, 1, 0), minute(1, 0, 4), minute(2, 1, 0), minute(5, 1, 1)];
    expect(longestFallback(broken)).toEqual({ from: at(2, 10), to: at(5, 50) });
  });

  it("is never longer than from the first fallback to the last", () => {
    const minutes = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 30 });
    fc.assert(
      fc.property(minutes, (counts) => {
        const rows = counts.map(([fallbacks, own], index) => minute(index, fallbacks, own));
        const found = longestFallback(rows);
        const fallen = rows.filter(({ fallbacks }) => fallbacks > 0);
        expect(found === null).toBe(fallen.length === 0);
        const [first] = fallen;
        const last = fallen.at(-1);
        if (!found || !first || !last) return;
        expect(lengthOf(found)).toBeLessThanOrEqual(last.at.getTime() - first.at.getTime() + 40_000);
        expect(lengthOf(found)).toBeGreaterThanOrEqual(40_000);
      }),
    );
  });
});

const alert = (id: string, lastedMinutes: number, change: Partial<FallbackAlert> = {}): FallbackAlert => ({
  id,
  causeId: null,
  tenantId: `tenant of ${id}`,
  startedAt: at(1),
  stretch: lastedMinutes === 0 ? null : { from: at(0), to: at(lastedMinutes) },
  ...change,
});
const known = (state: KnownIncident["state"], ...ids: string[]) =>
  new Map(ids.map((id) => [id, { id: "inc_1", state, endedAt: state === "resolved" ? at(20) : null }]));
const NOTHING = { drafts: [], links: [] };

describe("what is drafted", () => {
  it("is a fallback that lasts for more than five minutes, from when it began", () => {
    expect(planDrafts([alert("a", 5)], new Map())).toEqual(NOTHING);
    expect(planDrafts([alert("a", 0)], new Map())).toEqual(NOTHING);
    expect(planDrafts([alert("a", 6)], new Map()).drafts).toEqual([
      { rootId: "a", alertIds: ["a"], tenantIds: ["tenant of a"], startedAt: at(0) },
    ]);
  });

  it("is one for all fallbacks of a cause, also those that are short", () => {
    const alerts = [alert("a", 6, { causeId: "n" }), alert("b", 1, { causeId: "n" }), alert("c", 1)];
    expect(planDrafts(alerts, new Map()).drafts).toMatchObject([
      { rootId: "n", alertIds: ["n", "a", "b"], tenantIds: ["tenant of a", "tenant of b"] },
    ]);
  });

  it("is drafted once: later ones join while it goes on, and nothing follows what was dismissed", () => {
    const alerts = [alert("a", 9, { causeId: "n" }), alert("b", 1, { causeId: "n" })];
    expect(planDrafts(alerts, known("draft", "n", "a"))).toEqual({
      drafts: [],
      links: [{ incidentId: "inc_1", alertId: "b", tenantId: "tenant of b" }],
    });
    expect(planDrafts(alerts, known("open", "n", "a", "b"))).toEqual(NOTHING);
    expect(planDrafts(alerts, known("dismissed", "n"))).toEqual(NOTHING);
  });

  it("is another one when it begins after the first was over", () => {
    const later = alert("b", 9, { causeId: "n", startedAt: at(21), stretch: { from: at(21), to: at(30) } });
    expect(planDrafts([later], known("resolved", "n", "a")).drafts).toMatchObject([{ rootId: "b", alertIds: ["b"] }]);
    expect(planDrafts([alert("b", 30, { causeId: "n" })], known("resolved", "n", "a"))).toEqual(NOTHING);
  });
});
