import { addDays, lastDayOfMonth, longDate } from "./calendar.ts";
import { idParams, nameOf } from "./catalogue.ts";
import { type Category, call, system, text, tool, turn, user } from "./draft.ts";
import { idOf } from "./world.ts";

/** Winter offsets: every "today" lies in January or February 2026, before any clock change. */
const zones = [
  { city: "Berlin", offset: "+01:00" },
  { city: "Tokyo", offset: "+09:00" },
  { city: "New York", offset: "-05:00" },
  { city: "Mumbai", offset: "+05:30" },
];

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** Relative days against a fixed today, and instants with an offset. */
export const dates: Category = {
  id: "dates",
  title: "Dates, zones and relative days",
  draft({ world, random, index }) {
    const { item } = world;
    const ids = idParams(world);
    const id = idOf(item, random);
    const itemId = text(`Id of the ${item.one}`);
    const reschedule = tool(`reschedule_${item.one}`, `Move one ${item.one} to another day.`, {
      [ids.item]: itemId,
      date: text("Day as YYYY-MM-DD"),
    });
    const remind = tool(`remind_about_${item.one}`, `Set a reminder for one ${item.one} at one instant.`, {
      [ids.item]: itemId,
      at: text("RFC 3339 with seconds and offset, such as 2026-01-31T09:00:00+01:00"),
    });
    const today = addDays("2026-01-05", random.int(0, 50));
    const days = random.int(3, 20);
    const zone = random.pick(zones);
    const hour = random.int(1, 11);
    const written = addDays(today, random.int(25, 300));
    const [year = "", month = "", day = ""] = written.split("-");
    const onDay = (date: string) => call(nameOf(reschedule), { [ids.item]: id, date });
    const instant = `${addDays(today, 1)}T${twoDigits(hour + 12)}:30:00${zone.offset}`;
    const { ask, made, reason } = turn(
      [
        {
          ask: `Put ${id} off until tomorrow.`,
          made: onDay(addDays(today, 1)),
          reason: "one day after the given today",
        },
        {
          ask: `Move ${id} to ${days} days from today.`,
          made: onDay(addDays(today, days)),
          reason: `${days} days after the given today`,
        },
        {
          ask: `Move ${id} to the last day of this month.`,
          made: onDay(lastDayOfMonth(today)),
          reason: "end of the month of the given today",
        },
        {
          ask: `Move ${id} to ${day}.${month}.${year} (day, month, year).`,
          made: onDay(written),
          reason: "another order of day and month",
        },
        {
          ask: `Remind me about ${id} tomorrow at half past ${hour} in the afternoon, ${zone.city} time (UTC${zone.offset}).`,
          made: call(nameOf(remind), { [ids.item]: id, at: instant }),
          reason: "an instant: any offset that names the same moment is right",
        },
        {
          ask: `${id} should happen a week before ${longDate(written)}.`,
          made: onDay(addDays(written, -7)),
          reason: "seven days before",
        },
      ],
      index,
    );
    const expected = { calls: [made], reason, matchers: { "$.at": "iso-instant" as const } };
    const messages = [system(world, `Today is ${longDate(today)}.`), user(ask)];
    return { messages, tools: random.shuffle([reschedule, remind]), expected };
  },
};
