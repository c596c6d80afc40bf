import { decodeSortedCursor, encodeSortedCursor } from "#lib/http/cursor.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { diffOf } from "#lib/identity/diff-of.ts";
import { roleCan } from "#lib/identity/policy.ts";
import { HAPPENED, listMarks, type MarkSource } from "#lib/metrics/marks/events.ts";
import type { Annotation } from "#lib/metrics/schema.ts";
import { invalidField } from "#lib/platform/errors.ts";
import { readScope } from "#lib/requests/charts/read-chart.ts";
import type { Change, ChangesQuery } from "../browser/changes-schema.ts";
import { groupOfMark, groupOfObject, objectsOf, SOURCES_OF } from "./change-groups.ts";
import { type AuditedChange, auditedChanges, type ChangeWindow, namesOfObjects } from "./change-store.ts";

/** Rows of one moment, such as those of one bulk action, that a page's end may cut through. */
const SAME_MOMENT = 200;
const ORDER = "changes";
/** Edits of settings are told by the audit trail, with who made them. */
const EVERYTHING: readonly MarkSource[] = [...HAPPENED, "alert"];

/**
 * Everything that changed or was changed, newest first: what the fleet did and suffered, cutovers, controls, and what
 * people and programs did, with who and what differed.
 * @throws AppError `not_found` for a scope that is not there; `invalid` for an empty range or a foreign cursor
 */
export async function listChanges(
  ctx: Ctx,
  query: ChangesQuery,
): Promise<{ items: Change[]; nextCursor: string | null }> {
  const { within } = await readScope(ctx, query);
  const place = query.cursor === undefined ? null : decodeSortedCursor(query.cursor, ORDER, "string");
  const window = windowOf(query, place?.value ?? null, ctx.clock.now());
  const scope = { tenantId: query.tenantId, within };
  // each group asks its own sources: what is rare is not crowded out by what is not
  const sources = query.group === undefined ? EVERYTHING : SOURCES_OF[query.group];
  const marks = (await listMarks(ctx, { ...window, ...scope }, sources)).map(ofMark);
  const objectTypes = query.group && objectsOf(query.group);
  const audited = await auditedChanges(ctx.tx, window, { ...scope, objectTypes });
  const seesAccess = roleCan(ctx.actor, "audit.read", ctx.scope);
  const all = [...marks.filter((change) => change !== null), ...audited.map((row) => ofAudit(row, seesAccess))]
    .sort(newestFirst)
    .filter((change) => place === null || newestFirst({ at: place.value, id: place.id }, change) < 0);
  const items = all.slice(0, query.limit);
  const last = items.at(-1);
  const names = await namesOfObjects(ctx.tx, [...new Set(items.flatMap(({ objectId }) => objectId ?? []))]);
  return {
    items: items.map((change) => ({ ...change, objectName: names.get(change.objectId ?? "") ?? null })),
    nextCursor: all.length > query.limit && last ? encodeSortedCursor(ORDER, { value: last.at, id: last.id }) : null,
  };
}

type Placed = { at: string; id: string };
const newestFirst = (one: Placed, other: Placed): number =>
  other.at.localeCompare(one.at) || other.id.localeCompare(one.id);

const BEGINNING = new Date(0);

function windowOf({ from, to, limit }: ChangesQuery, before: string | null, now: Date): ChangeWindow {
  const end = new Date(Math.min(now.getTime(), Date.parse(before ?? to ?? now.toISOString())));
  const start = from === undefined ? BEGINNING : new Date(from);
  if (start > end)
    throw invalidField("from", "empty_range", "The range is empty.", "Give a `from` before `to` and before now.");
  return { from: start, to: end, limit: limit + SAME_MOMENT };
}

/** null = the audit trail says it, with who did it: the beginning of a control. */
function ofMark({ id, at, kind, title, outcome, tenantId, nodeId, ref }: Annotation): Change | null {
  if (kind === "control" && !id.endsWith("-end")) return null;
  return {
    id,
    at,
    group: groupOfMark(kind),
    title,
    action: null,
    outcome,
    actor: null,
    reason: null,
    tenantId,
    nodeId,
    objectId: ref?.id ?? nodeId ?? tenantId,
    objectName: null,
    diff: [],
  };
}

/** @param seesAccess what differs of people and keys is for those who may read the audit trail */
function ofAudit(row: AuditedChange, seesAccess: boolean): Change {
  const { id, at, tenantId, actor, action, objectType, objectId, reason } = row;
  const group = groupOfObject(objectType);
  return {
    id,
    at: at.toISOString(),
    group,
    title: null,
    action,
    outcome: "ok",
    actor: actor.label,
    reason,
    tenantId,
    nodeId: objectType === "node" ? objectId : null,
    objectId,
    objectName: null,
    diff: group === "access" && !seesAccess ? [] : diffOf(row.before, row.after),
  };
}
