import { expect, it } from "vitest";
import { loadedMessage } from "./verified-view.ts";

const placement = { storePath: "acme--bot/0123456789ab" };

it.each([
  ["shared", { kind: "accepted" }, /Switchyard verified .* its own view/],
  ["fetch", { kind: "accepted", verifiedDigest: `0123456789ab${"0".repeat(52)}` }, /node verified .* its own disk/],
  ["fetch", { kind: "accepted", verifiedDigest: "f".repeat(64) }, /did not say/],
  ["fetch", { kind: "accepted" }, /did not say/],
  ["fetch", { kind: "unknown", message: "no reply" }, /did not say/],
] as const)("delivery %s, answer %j", (delivery, outcome, expected) => {
  expect(loadedMessage(delivery, placement, outcome)).toMatch(expected);
});
