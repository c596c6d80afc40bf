import { describe, expect, it } from "vitest";
import type { TryEvent } from "#lib/gateway/browser/try-schema.ts";
import { brokenOff, headerOf, NEW_TRIAL, withEvent } from "./trial.ts";

const told = (...events: TryEvent[]) => events.reduce(withEvent, NEW_TRIAL);
const head: TryEvent = { type: "head", status: 200, headers: [{ name: "x-request-id", value: "req_1" }], atMs: 40 };
const chunk = (kind: "text" | "tool", text: string, atMs: number): TryEvent => ({ type: "chunk", kind, text, atMs });

describe("a trial", () => {
  it("grows piece by piece: text and calls apart, in their order", () => {
    const trial = told(head, chunk("text", "Let me ", 50), chunk("text", "look.", 60), chunk("tool", "find {}", 70));
    expect(trial.output).toEqual([
      { kind: "text", text: "Let me look." },
      { kind: "tool", text: "find {}" },
    ]);
    expect([trial.phase, trial.chunks, trial.atMs, headerOf(trial, "x-request-id")]).toEqual([
      "running",
      3,
      70,
      "req_1",
    ]);
  });

  it("ends with what the gateway counted, or with why not, keeping what came before", () => {
    const end: TryEvent = { type: "end", tokens: null, ttftMs: 50, totalMs: 90, chunks: 1 };
    expect(told(head, chunk("text", "a", 50), end)).toMatchObject({ phase: "ended", atMs: 90, end, problem: null });
    const problem: TryEvent = { type: "problem", code: "broke_off", detail: "d", fix: null };
    expect(told(head, chunk("text", "a", 50), problem)).toMatchObject({
      phase: "ended",
      output: [{ text: "a" }],
      problem: { code: "broke_off" },
    });
  });

  it("that stops telling is broken off; one that ended stays as it is", () => {
    expect(brokenOff(told(head)).problem?.code).toBe("broke_off");
    const done = told(head, { type: "end", tokens: null, ttftMs: null, totalMs: 9, chunks: 0 });
    expect(brokenOff(done)).toBe(done);
  });
});
