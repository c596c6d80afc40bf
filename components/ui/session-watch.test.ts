import { describe, expect, it } from "vitest";
import { createSessionWatch } from "./session-watch.ts";

const refusal = (status: number) => ({ problem: { status } });

describe("the session watch", () => {
  it("sees an expired session in a 401 and its end in the next answer", () => {
    const watch = createSessionWatch();
    const seen: boolean[] = [];
    const stop = watch.subscribe(() => seen.push(watch.isExpired()));
    watch.failed(refusal(401));
    watch.failed(refusal(401));
    watch.answered();
    watch.answered();
    stop();
    watch.failed(refusal(401));
    expect(seen).toEqual([true, false]);
  });

  it.each([refusal(403), refusal(500), refusal(0), new Error("no network"), null, undefined, { problem: null }])(
    "does not take %j for one",
    (error) => {
      const watch = createSessionWatch();
      watch.failed(error);
      expect(watch.isExpired()).toBe(false);
    },
  );

  it("stays expired when a call then fails for another reason", () => {
    const watch = createSessionWatch();
    watch.failed(refusal(401));
    watch.failed(refusal(500));
    expect(watch.isExpired()).toBe(true);
  });
});
