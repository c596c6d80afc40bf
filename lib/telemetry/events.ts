import { controlsWithin } from "#lib/fleet/controls/control-store.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { together } from "#lib/platform/together.ts";
import { controlMarks } from "./control-marks.ts";
import { listAnnotations, listNodeEvents, type MarkFilter } from "./mark-store.ts";
import { nodeMark } from "./node-mark.ts";
import type { Annotation } from "./schema.ts";

const EPOCH = new Date(0);
/** A chart groups marks closer than 16 px; more than these it could not show. */
const MARKS_PER_CHART = 300;

/** Marks inside a window, newest first: what the fleet did, what was set by hand, and what other rooms recorded. */
export async function listMarks(ctx: Ctx, filter: MarkFilter): Promise<Annotation[]> {
  const [events, recorded, controls] = await together(
    ctx.tx,
    () => listNodeEvents(ctx.tx, filter),
    () => listAnnotations(ctx.tx, filter),
    () => controlsWithin(ctx.tx, { ...filter, poolIds: filter.within?.poolIds }),
  );
  const past = { from: filter.from, to: new Date(Math.min(filter.to.getTime(), ctx.clock.now().getTime())) };
  const byHand = controls.flatMap((control) => controlMarks(control, past));
  const marks = [...byHand, ...events.map(nodeMark).filter((mark) => mark !== null), ...recorded];
  return marks.sort((a, b) => b.at.localeCompare(a.at) || b.id.localeCompare(a.id)).slice(0, filter.limit);
}

/** The marks of a chart. */
export const marksOfChart = (ctx: Ctx, filter: Omit<MarkFilter, "limit">): Promise<Annotation[]> =>
  listMarks(ctx, { ...filter, limit: MARKS_PER_CHART });

/** "What changed": the newest marks there are. */
export const recentEvents = (
  ctx: Ctx,
  query: Pick<MarkFilter, "tenantId" | "within" | "limit">,
): Promise<Annotation[]> => listMarks(ctx, { ...query, from: EPOCH, to: ctx.clock.now() });
