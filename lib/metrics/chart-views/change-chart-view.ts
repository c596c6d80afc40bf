import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import type { ChartView, SaveChartView } from "../browser/chart-view-schema.ts";
import { countChartViews, deleteChartView, insertChartView } from "./chart-view-store.ts";
import { readSearch } from "./read-search.ts";

/** A menu of more helps nobody. */
export const MOST_VIEWS = 100;

/**
 * Keeps what the charts page shows under a name, for all staff.
 * @throws AppError `invalid` naming search, or `conflict` (`name_taken`, `too_many_views`)
 */
export async function saveChartView(ctx: Ctx, { name, search }: SaveChartView): Promise<ChartView> {
  const read = readSearch(search);
  if ((await countChartViews(ctx.tx)) >= MOST_VIEWS)
    throw conflict("too_many_views", `There are ${MOST_VIEWS} views already.`, "Remove one that is not needed.");
  const id = newId("chartView");
  const row = { id, name, search: read, savedBy: actorLabel(ctx.actor), savedAt: ctx.clock.now() };
  const view = await orTaken(insertChartView(ctx.tx, row));
  if (view === null)
    throw conflict(
      "name_taken",
      `A view is called "${name}" already.`,
      "Choose another name, or remove that one.",
      "name",
    );
  await audit(ctx, {
    action: "view.save",
    object: { type: "view", id },
    tenantId: null,
    after: { name, search: read },
  });
  return view;
}

/** @throws AppError `not_found` */
export async function removeChartView(ctx: Ctx, viewId: string): Promise<void> {
  const before = await deleteChartView(ctx.tx, viewId);
  if (before === null) throw notFound("view");
  await audit(ctx, {
    action: "view.remove",
    object: { type: "view", id: viewId },
    tenantId: null,
    before: { name: before.name, search: before.search },
  });
}
