import { describe, expect, it } from "vitest";
import type { ComparedCall } from "#lib/evals/schema.ts";
import { unreadCalls } from "./unread-calls.ts";

const line = (candidate: string | null): ComparedCall => ({
  expected: "find_order",
  baseline: "find_order",
  candidate,
  baselineDiffers: false,
  candidateDiffers: candidate !== "find_order",
  rows: [],
  rowsLeftOut: 0,
});
const call = (name: string, text = "{}") => ({ name, arguments: text });
const answer = (...calls: ReturnType<typeof call>[]) => ({ calls, text: null });

describe("calls that could not be read", () => {
  it("are none where each stands in a line of its own", () => {
    expect(unreadCalls(answer(call("find_order")), [line("find_order")], "candidate")).toEqual([]);
    expect(unreadCalls(answer(), [line(null)], "candidate")).toEqual([]);
    expect(unreadCalls(null, [line(null)], "candidate")).toEqual([]);
  });

  it("are those that no line is left for, by side", () => {
    const broken = call("find_order", '{"id":');
    expect(unreadCalls(answer(broken), [line(null)], "candidate")).toEqual([broken]);
    expect(unreadCalls(answer(broken), [line(null)], "baseline")).toEqual([]);
    const twice = answer(call("find_order"), broken);
    expect(unreadCalls(twice, [line("find_order")], "candidate")).toEqual([broken]);
    const unnamed = call("", "a tool call is not in OpenAI's shape");
    expect(unreadCalls(answer(unnamed), [line(null)], "candidate")).toEqual([unnamed]);
  });
});
