import { describe, expect, it } from "vitest";
import type { Finding } from "#lib/registry/schema.ts";
import { agrees, judgeFolder } from "./judge-peft.ts";

const REFERENCE = [{ "5": -0.1, "7": -2.4, "9": -3.1 }];
const folder = { id: "f", what: "F", isSound: true, answers: REFERENCE };
const error: Finding = {
  code: "dora",
  severity: "error",
  title: "t",
  message: "m",
  fix: "f",
  field: null,
  evidence: [],
};
const right = { id: "f", status: 200, message: null, answers: [{ "5": -0.105, "7": -2.39 }] };

describe("agrees", () => {
  it.each([
    ["the same tokens within a hair", [{ "5": -0.11, "7": -2.4 }], true],
    ["another likeliest token", [{ "6": -0.1, "7": -2.4 }], false],
    ["another probability", [{ "5": -0.2, "7": -2.4 }], false],
    ["a prompt too few", [], false],
    ["no token", [{}], false],
    ["no answer", null, false],
  ])("%s", (_what, seen, expected) => expect(agrees(REFERENCE, seen)).toBe(expected));
});

describe("judgeFolder takes the engine's answers as the truth", () => {
  const refused = { id: "f", status: 500, message: "no", answers: null };
  it.each([
    ["right and accepted", folder, right, [], null],
    ["right and refused by us", folder, right, [error], "false refusal"],
    ["refused and accepted by us", folder, refused, [], "false acceptance"],
    ["refused by both, made sound", folder, refused, [error], "made otherwise"],
    ["refused by both, made unsound", { ...folder, isSound: false }, refused, [error], null],
    ["right and accepted, made unsound", { ...folder, isSound: false }, right, [], "made otherwise"],
  ])("%s", (_what, made, seen, findings, mistake) => {
    expect(judgeFolder(made, seen, findings).mistake).toBe(mistake);
  });
});
