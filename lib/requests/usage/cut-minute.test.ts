import fc from "fast-check";
import { expect, it } from "vitest";
import { cutMinute } from "./cut-minute.ts";
import type { UsageSum } from "./usage-sums-store.ts";

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 10, 29, 12);

/** What a gateway has counted by `now` of a minute to which one request a second comes. */
function minuteAt(at: number, now: number): UsageSum {
  const requests = Math.min(60, (now - at) / 1000);
  const none = { failed: 0, refused: 0, shed: 0, turnedAway: 0, fallbacks: 0, uncounted: 0, promptTokens: 0 };
  return {
    ...{
      ...none,
      at: new Date(at),
      keys: [],
      requests,
      answered: requests,
      completionTokens: 200 * requests,
      busyMs: 0,
    },
    ...{ simulated: false, lastAt: new Date(Math.min(now, at + MINUTE_MS)), lastOutcome: "own", stored: {} },
  };
}

it("counts five minutes as five, at whichever second they begin", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600 }), (second) => {
      const now = START + second * 1000;
      const from = now - 5 * MINUTE_MS;
      const first = Math.floor(from / MINUTE_MS) * MINUTE_MS;
      const minutes = Array.from({ length: 6 }, (_, index) => minuteAt(first + index * MINUTE_MS, now));
      const cut = minutes.filter(({ requests }) => requests > 0).map((minute) => cutMinute(minute, new Date(from)));
      expect(cut.reduce((sum, { requests }) => sum + requests, 0)).toBeCloseTo(300, 6);
      expect(cut.reduce((sum, { completionTokens }) => sum + completionTokens, 0)).toBeCloseTo(60_000, 6);
    }),
  );
});

it("leaves out a minute that had ended, and keeps its times", () => {
  const minute = minuteAt(START, START + MINUTE_MS);
  expect(cutMinute(minute, new Date(START + MINUTE_MS))).toMatchObject({ requests: 0, lastAt: minute.lastAt });
});
