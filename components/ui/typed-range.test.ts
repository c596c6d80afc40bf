import { describe, expect, it } from "vitest";
import { readTypedRange, typedTime } from "./typed-range.ts";

const NOW = Date.parse("2026-11-24T16:20:37.500Z");

describe("readTypedRange", () => {
  it("reads back what it wrote, in UTC and in the reader's own zone", () => {
    for (const zone of ["UTC", undefined]) {
      const [from, to] = [Date.parse("2026-11-20T08:15:00Z"), Date.parse("2026-11-20T09:45:00Z")];
      const read = readTypedRange({ from: typedTime(from, zone), to: typedTime(to, zone) }, zone, NOW, 31);
      expect(read.range).toEqual({ from: new Date(from), to: new Date(to) });
    }
  });

  it("says beside which field it is wrong", () => {
    const at = (iso: string) => iso.slice(0, 16);
    const early = at("2026-11-20T08:00");
    expect(readTypedRange({ from: "", to: early }, "UTC", NOW, 31).errors).toMatchObject({
      from: "Enter a date and a time.",
    });
    expect(readTypedRange({ from: early, to: early }, "UTC", NOW, 31).errors).toHaveProperty("to");
    expect(readTypedRange({ from: "2026-12-01T00:00", to: "2026-12-02T00:00" }, "UTC", NOW, 31).errors).toHaveProperty(
      "from",
    );
    expect(readTypedRange({ from: "2026-09-01T00:00", to: early }, "UTC", NOW, 31).errors?.to).toMatch(/31 days/);
    const any = readTypedRange({ from: "2026-09-01T00:00", to: early }, "UTC", NOW, Number.POSITIVE_INFINITY);
    expect(any.range).not.toBeNull();
  });
});
