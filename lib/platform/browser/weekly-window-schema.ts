import * as z from "zod";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const isTimeZone = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
};

const WeekMomentSchema = z.strictObject({
  day: z.enum(WEEKDAYS),
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write hours and minutes, such as 16:00"),
});
export type WeekMoment = z.output<typeof WeekMomentSchema>;

/** A span of the week by one zone's wall clock; it may run over Sunday night. What it means: `weekly-window.ts`. */
export const WeeklyWindowSchema = z
  .strictObject({
    from: WeekMomentSchema,
    to: WeekMomentSchema,
    timeZone: z.string().max(64).refine(isTimeZone, {
      message: "no time zone has this name; write one of the IANA list, such as Europe/Berlin or UTC",
      abort: true,
    }),
  })
  .refine(({ from, to }) => from.day !== to.day || from.time !== to.time, {
    path: ["to"],
    message: "it begins and ends at the same moment; let it end later or earlier in the week",
    // what looks at a whole list of them looks only at windows that are some
    abort: true,
  });
export type WeeklyWindow = z.output<typeof WeeklyWindowSchema>;
