import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import { type ChartView, type SaveChartView, VIEW_KEYS } from "../browser/chart-view-schema.ts";
import { countChartViews, deleteChartView, insertChartView } from "./chart-view-store.ts";

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

const isKey = (key: string): boolean => (VIEW_KEYS as readonly string[]).includes(key);

/**
 * A view's search as the charts page takes it, in one order, without what is empty.
 * @throws AppError `invalid` naming search, when it holds what that page does not know
 */
function readSearch(given: string): string {
  const params = new URLSearchParams(given);
  const unknown = [...params.keys()].find((key) => !isKey(key));
  if (unknown !== undefined)
    throw invalidField(
      "search",
      "unknown_parameter",
      `The charts page has no parameter "${unknown.slice(0, 40)}".`,
      `Give the query string of its address: ${VIEW_KEYS.join(", ")}.`,
    );
  const kept = VIEW_KEYS.flatMap((key): [string, string][] => {
    const value = params.get(key);
    return value === null || value === "" ? [] : [[key, value]];
  });
  return new URLSearchParams(kept).toString();
}
