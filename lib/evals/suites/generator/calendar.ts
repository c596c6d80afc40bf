/** Dates as `YYYY-MM-DD`, by proleptic Gregorian arithmetic in UTC: no clock, no time zone of the machine. */
const dayMs = 86_400_000;

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

export function weekdayOf(date: string): string {
  return weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? "";
}

/** "Wednesday, 14 January 2026" */
export function longDate(date: string): string {
  const [year = "", month = "", day = ""] = date.split("-");
  return `${weekdayOf(date)}, ${Number(day)} ${months[Number(month) - 1]} ${year}`;
}

export function lastDayOfMonth(date: string): string {
  const at = new Date(`${date}T00:00:00Z`);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).toISOString().slice(0, 10);
}
