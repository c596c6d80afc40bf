import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeInstant, describeWindow, nextWindow, windowInForce } from "./browser/weekly-window.ts";
import { WEEKDAYS, type WeeklyWindow, WeeklyWindowSchema } from "./browser/weekly-window-schema.ts";

const window = (from: string, to: string, timeZone = "Europe/Berlin"): WeeklyWindow => {
  const moment = (text: string) => {
    const [day, time] = text.split(" ");
    return { day, time };
  };
  return WeeklyWindowSchema.parse({ from: moment(from), to: moment(to), timeZone });
};
const WEEKEND = window("fri 16:00", "mon 08:00");
const until = (windows: readonly WeeklyWindow[], at: string) => {
  const found = windowInForce(windows, new Date(at));
  return found && (found.until?.toISOString() ?? "for ever");
};

describe("a weekly window", () => {
  it.each([
    ["2026-11-27T14:59:59Z", null],
    ["2026-11-27T15:00:00Z", "2026-11-30T07:00:00.000Z"],
    ["2026-11-30T06:59:59Z", "2026-11-30T07:00:00.000Z"],
    ["2026-11-30T07:00:00Z", null],
    // the clocks go forward in this one, and back in that one
    ["2026-03-27T15:00:00Z", "2026-03-30T06:00:00.000Z"],
    ["2026-10-23T14:00:00Z", "2026-10-26T07:00:00.000Z"],
  ])("of a weekend at %s: %s", (at, expected) => {
    expect(until([WEEKEND], at)).toBe(expected);
    expect(windowInForce([WEEKEND], new Date(at))?.which ?? null).toBe(expected === null ? null : WEEKEND);
  });

  it("takes an hour that comes twice both times, and does not open in between", () => {
    const night = window("sun 01:00", "sun 02:30");
    expect(until([night], "2026-10-25T00:15:00Z")).toBe("2026-10-25T01:30:00.000Z");
    expect(until([night], "2026-10-25T00:45:00Z")).toBe("2026-10-25T01:30:00.000Z");
    expect(until([night], "2026-10-25T01:30:00Z")).toBeNull();
  });

  it("that the clock skips is not in force that week, and one that ends in the gap ends with the skip", () => {
    const inGap = window("sun 02:15", "sun 02:45");
    expect(until([inGap], "2026-03-29T01:00:00Z")).toBeNull();
    expect(nextWindow([inGap], new Date("2026-03-29T01:00:00Z"))?.from.toISOString()).toBe("2026-04-05T00:15:00.000Z");
    expect(until([window("sun 01:00", "sun 02:30")], "2026-03-29T00:30:00Z")).toBe("2026-03-29T01:00:00.000Z");
  });

  it("survives a day that a zone has left out", () => {
    const samoa = window("thu 12:00", "sat 12:00", "Pacific/Apia");
    expect(until([samoa], "2011-12-30T09:00:00Z")).toBe("2011-12-30T22:00:00.000Z");
  });

  it("counts as one with those that touch it, in whatever zone", () => {
    const utc = window("mon 07:00", "mon 12:00", "UTC");
    expect(until([utc, WEEKEND], "2026-11-28T00:00:00Z")).toBe("2026-11-30T12:00:00.000Z");
    expect(windowInForce([utc, WEEKEND], new Date("2026-11-28T00:00:00Z"))?.which).toBe(WEEKEND);
    expect(until([window("mon 00:00", "thu 00:00"), window("thu 00:00", "mon 00:00")], "2026-11-28T00:00:00Z")).toBe(
      "for ever",
    );
  });

  it("says in words what it is, and when it comes next", () => {
    expect(describeWindow(WEEKEND)).toBe("Fri 16:00 – Mon 08:00 Europe/Berlin");
    expect(describeInstant(new Date("2026-11-30T07:00:00Z"), WEEKEND.timeZone)).toBe("Mon 30 Nov, 08:00");
    expect(nextWindow([WEEKEND], new Date("2026-11-27T15:00:00Z"))?.from.toISOString()).toBe(
      "2026-12-04T15:00:00.000Z",
    );
    expect(nextWindow([], new Date("2026-11-27T15:00:00Z"))).toBeNull();
  });

  it.each<[string, unknown, string[]]>([
    ["an unknown zone", { ...WEEKEND, timeZone: "Europe/Atlantis" }, ["timeZone"]],
    ["no time", { ...WEEKEND, from: { day: "fri", time: "24:00" } }, ["from", "time"]],
    ["no day", { ...WEEKEND, to: { day: "Monday", time: "08:00" } }, ["to", "day"]],
    ["one without a length", { ...WEEKEND, to: WEEKEND.from }, ["to"]],
    ["anything else", { ...WEEKEND, name: "weekend" }, []],
  ])("is refused with %s, naming the field", (_name, value, path) => {
    expect(WeeklyWindowSchema.safeParse(value).error?.issues[0]?.path).toEqual(path);
  });
});

const MINUTE_MS = 60_000;
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago"];
const moment = fc.record({
  day: fc.constantFrom(...WEEKDAYS),
  time: fc.integer({ min: 0, max: 95 }).map((quarter) => {
    const two = (value: number) => String(value).padStart(2, "0");
    return `${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}`;
  }),
});
const anyWindow = fc
  .record({ from: moment, to: moment, timeZone: fc.constantFrom(...ZONES) })
  .filter(({ from, to }) => from.day !== to.day || from.time !== to.time);
const minutes = (from: string, to: string) =>
  fc
    .integer({ min: Date.parse(from) / MINUTE_MS, max: Date.parse(to) / MINUTE_MS })
    .map((minute) => new Date(minute * MINUTE_MS));
/** Mostly around the changes of the clock. */
const anyTime = fc.oneof(
  minutes("2026-01-01T00:00Z", "2028-01-01T00:00Z"),
  minutes("2026-03-28T18:00Z", "2026-03-29T06:00Z"),
  minutes("2026-10-24T18:00Z", "2026-10-25T06:00Z"),
  minutes("2026-04-04T00:00Z", "2026-04-06T00:00Z"),
  minutes("2026-09-05T00:00Z", "2026-09-07T00:00Z"),
);

describe("whatever the windows, the zone and the time", () => {
  it("ends when it says, not sooner and not later", () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { minLength: 1, maxLength: 4 }), anyTime, (windows, now) => {
        const found = windowInForce(windows, now);
        if (found === null || found.until === null) return;
        const end = found.until.getTime();
        expect(end).toBeGreaterThan(now.getTime());
        expect(windowInForce(windows, new Date(end - 1_000))?.until).toEqual(found.until);
        expect(windowInForce(windows, found.until)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it("begins when it says, and is not in force before", () => {
    fc.assert(
      fc.property(anyWindow, anyTime, (one, now) => {
        const next = nextWindow([one], now);
        const from = next?.from.getTime() ?? 0;
        expect(from).toBeGreaterThan(now.getTime());
        expect(from - now.getTime()).toBeLessThanOrEqual(15 * 24 * 60 * MINUTE_MS);
        if (windowInForce([one], now) === null) expect(windowInForce([one], new Date(from - 1_000))).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it("agrees with a clock that is looked at every quarter of an hour", () => {
    fc.assert(
      fc.property(anyWindow, anyTime, (one, now) => {
        expect(windowInForce([one], now) !== null).toBe(watchClock(one, now));
      }),
      { numRuns: 100 },
    );
  });
});

const QUARTER_MS = 15 * MINUTE_MS;

/** The same by looking: what its zone's clock shows, every quarter of an hour, for nine days before and after. */
function watchClock({ from, to, timeZone }: WeeklyWindow, now: Date): boolean {
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  const around = 9 * 24 * 60 * MINUTE_MS;
  const first = Math.floor((now.getTime() - around) / QUARTER_MS) * QUARTER_MS;
  const shown: { at: number; text: string }[] = [];
  for (let at = first; at <= now.getTime() + around; at += QUARTER_MS) shown.push({ at, text: clock.format(at) });
  const moments = ({ day, time }: WeeklyWindow["from"]) =>
    [...new Set(shown.map(({ text }) => text.slice(0, 10)))]
      .filter((date) => WEEKDAYS[(new Date(date).getUTCDay() + 6) % 7] === day)
      .map((date) => `${date} ${time}`);
  return moments(from).some((begin) => {
    const end = moments(to).find((moment) => moment > begin);
    const start = shown.find(({ text }) => text >= begin)?.at ?? Number.POSITIVE_INFINITY;
    const lastBefore = shown.findLast(({ text }) => end === undefined || text < end)?.at ?? Number.NEGATIVE_INFINITY;
    return start <= now.getTime() && now.getTime() < lastBefore + QUARTER_MS;
  });
}
