import { describe, expect, it } from "vitest";
import { byValue, steadyOrder } from "./steady-order.ts";

type Row = { id: string; rate: number | null };
const rows = (text: string): Row[] =>
  text.split(" ").map((one) => {
    const [id = "", rate] = one.split("=");
    return { id, rate: rate === "?" ? null : Number(rate) };
  });
const order = (before: readonly string[], now: readonly Row[], direction: "asc" | "desc" = "desc") =>
  steadyOrder(
    before,
    now,
    ({ id }) => id,
    byValue(({ rate }) => rate, direction),
  ).map(({ id }) => id);

describe("the order of live rows", () => {
  it("is by the chosen figure at first, unknown last either way", () => {
    expect(order([], rows("a=1 b=? c=3"))).toEqual(["c", "a", "b"]);
    expect(order([], rows("a=1 b=? c=3"), "asc")).toEqual(["a", "c", "b"]);
  });

  it("stays when figures change, and new rows come last", () => {
    expect(order(["c", "a", "b"], rows("a=9 b=5 c=1 d=7 e=8"))).toEqual(["c", "a", "b", "e", "d"]);
  });

  it("closes up where a row has gone", () => {
    expect(order(["c", "a", "b"], rows("b=5 c=1"))).toEqual(["c", "b"]);
  });
});
