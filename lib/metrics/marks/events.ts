import { controlsWithin } from "#lib/fleet/controls/control-store.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { runParallel } from "#lib/platform/run-parallel.ts";
import type { Annotation } from "../schema.ts";
import { alertMark } from "./alert-mark.ts";
import { listAlertMoments } from "./alert-mark-store.ts";
import { controlMarks } from "./control-marks.ts";
import { listAnnotations, listNodeEvents, type MarkFilter } from "./mark-store.ts";
import { nodeMark } from "./node-mark.ts";
import { settingsMark } from "./settings-mark.ts";
import { listSettingsEdits } from "./settings-mark-store.ts";

const EPOCH = new Date(0);
/** A chart groups marks closer than 16 px; more than these it could not show. */
const MARKS_PER_CHART = 300;

/** What the fleet did, what other rooms recorded, what was set by hand, what alerts told, and what was configured. */
export type MarkSource = "fleet" | "recorded" | "control" | "alert" | "settings";

type Read = (ctx: Ctx, filter: MarkFilter) => Promise<Annotation[]>;
const READ: Record<MarkSource, Read> = {
  fleet: async ({ tx }, filter) => (await listNodeEvents(tx, filter)).map(nodeMark).filter((mark) => mark !== null),
  recorded: ({ tx }, filter) => listAnnotations(tx, filter),
  control: async ({ tx, clock }, filter) => {
    const past = { from: filter.from, to: new Date(Math.min(filter.to.getTime(), clock.now().getTime())) };
    const controls = await controlsWithin(tx, { ...filter, poolIds: filter.within?.poolIds });
    return controls.flatMap((control) => controlMarks(control, past));
  },
  alert: async ({ tx }, filter) => (await listAlertMoments(tx, filter)).map(alertMark),
  settings: async ({ tx }, filter) =>
    (await listSettingsEdits(tx, filter)).map(settingsMark).filter((mark) => mark !== null),
};
const SOURCES = Object.keys(READ) as MarkSource[];
/** Without alerts and what was configured: for whoever tells of them in another way. */
export const HAPPENED: readonly MarkSource[] = ["fleet", "recorded", "control"];

/** Marks of some sources inside a window, newest first. */
export async function listMarks(ctx: Ctx, filter: MarkFilter, sources: readonly MarkSource[]): Promise<Annotation[]> {
  const read = await runParallel(ctx.tx, ...sources.map((source) => () => READ[source](ctx, filter)));
  return read
    .flat()
    .sort((a, b) => b.at.localeCompare(a.at) || b.id.localeCompare(a.id))
    .slice(0, filter.limit);
}

/** The marks of a chart; on that of a tenant also what may have slowed it down. */
export const marksOfChart = (ctx: Ctx, filter: Omit<MarkFilter, "limit">): Promise<Annotation[]> =>
  listMarks(ctx, { ...filter, withGates: true, limit: MARKS_PER_CHART }, SOURCES);

/** "What changed": the newest marks there are. */
export const recentEvents = (
  ctx: Ctx,
  query: Pick<MarkFilter, "tenantId" | "within" | "limit">,
): Promise<Annotation[]> => listMarks(ctx, { ...query, from: EPOCH, to: ctx.clock.now() }, SOURCES);
