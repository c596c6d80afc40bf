import { describe, expect, it } from "vitest";
import { createProblemFilter, problemIn } from "./problem-lines.ts";

describe("problemIn", () => {
  it.each([
    ["an error of ours", '{"level":50,"msg":"run failed","error":{"message":"no route"}}', "run failed: no route"],
    ["an error with a text", '{"level":60,"msg":"lease not reached","error":"refused"}', "lease not reached: refused"],
    ["a warning", '{"level":40,"msg":"slow"}', null],
    ["information", '{"level":30,"msg":"ready"}', null],
    ["an uncaught exception", "TypeError: x is not a function", "TypeError: x is not a function"],
    ["Next's own mark", " ⨯ Failed to start server", "⨯ Failed to start server"],
    ["a plain line", "GET / 200 in 12ms", null],
    ["broken JSON", '{"level":50,', null],
  ])("%s", (_, line, shown) => {
    expect(problemIn(line)).toBe(shown);
  });
});

describe("createProblemFilter", () => {
  it("holds back the same text for a minute, whatever its numbers, then says how often it came", () => {
    let now = 0;
    const filter = createProblemFilter(() => now);
    expect(filter("worker", "node 1 failed")).toBe("node 1 failed");
    expect(filter("worker", "node 2 failed")).toBeNull();
    expect(filter("gateway", "node 2 failed")).toBe("node 2 failed");
    now = 60_000;
    expect(filter("worker", "node 3 failed")).toBe("node 3 failed (1 more like it)");
  });
});
