import { expect, it } from "vitest";
import { apartText, comparedText, pairText } from "./compared-words.ts";

const compared = {
  minutes: 60,
  apart: { of: "evictions.gpu" as const, share: 0.02 },
  figures: [
    { of: "evictions.gpu" as const, measured: 41, derived: 40 },
    { of: "swaps.disk" as const, measured: 3, derived: 3 },
  ],
};

it("says what each source came to, and of how long", () => {
  expect(pairText(compared, "evictions.gpu")).toBe("measured 41, derived 40 in 1 h");
  expect(pairText(compared, "swaps.cpu")).toBeNull();
  expect(comparedText({ ...compared, minutes: 17 })).toBe(
    "Measured by the node and derived from its requests, over 17 min covered by both: slot evictions 41 and 40; from disk 3 and 3.",
  );
});

it("names the figure that differs", () => {
  expect(apartText({ of: "swaps.disk", share: 0.314 })).toBe("The two sources of swaps from disk are 31 % apart.");
});
