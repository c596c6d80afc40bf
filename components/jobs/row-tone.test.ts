import { expect, it } from "vitest";
import { JOB_ITEM_STATES } from "#lib/jobs/schema.ts";
import { rowTone } from "./row-tone.ts";

it("only a failed row is red", () => {
  expect(JOB_ITEM_STATES.filter((state) => rowTone({ state }) === "bad")).toEqual(["failed"]);
});
