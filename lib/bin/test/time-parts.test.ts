import { expect, it } from "vitest";
import { timeParts } from "./time-parts.ts";

it("says how long each part took, also one that failed", async () => {
  let nowMs = 0;
  const parts = timeParts(() => nowMs);
  const taking = (seconds: number) => async () => {
    nowMs += seconds * 1000;
    return seconds;
  };
  expect(await parts.time("checks", taking(52))).toBe(52);
  const failing = parts.time("tests", async () => {
    await taking(401)();
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(parts.summary()).toBe("checks 52 s, tests 401 s, 453 s in all");
});
