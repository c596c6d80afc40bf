import { expect, it } from "vitest";
import { gateBasis } from "./gate-basis.ts";
import { statusWord } from "./status-words.ts";

const shown = (overrideReason: string | null, adopted: boolean) =>
  statusWord({ of: "verdict", is: gateBasis({ overrideReason, adopted }) });

it("calls only a gate that was set aside overridden: what served elsewhere before is adopted, and quiet", () => {
  expect(shown(null, false)).toEqual({ role: "ok", word: "Pass" });
  expect(shown("The customer asked for it.", false)).toEqual({ role: "warn", word: "Overridden" });
  expect(shown("Live in its own deployment since May.", true)).toEqual({ role: "off", word: "Adopted" });
});
