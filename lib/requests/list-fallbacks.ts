import { decodeSortedCursor, encodeSortedCursor } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { readRange } from "#lib/metrics/read-range.ts";
import type { FallbackEpisode, FallbackQuery } from "./browser/request-schema.ts";
import { listEpisodeRows } from "./fallback-store.ts";
import { fallbackSentence } from "./fallback-words.ts";
import { namesOf } from "./request-store.ts";

/** A minute without a fallback ends an episode; the gateway's condition goes by the same. */
const GAP_MS = 60_000;
const ORDER = "since";

/** Who was answered by something else, from when to when; newest first. A customer sees their own. */
export async function listFallbacks(ctx: Ctx, query: FallbackQuery): Promise<Page<FallbackEpisode>> {
  const now = ctx.clock.now();
  const place = query.cursor === undefined ? null : decodeSortedCursor(query.cursor, ORDER, "number");
  const rows = await listEpisodeRows(ctx.tx, {
    ...readRange(query, now),
    tenantId: query.tenantId,
    gapMs: GAP_MS,
    limit: query.limit + 1,
    before: place && { since: new Date(place.value), id: place.id },
  });
  const items = rows.slice(0, query.limit);
  const names = await namesOf(
    ctx.tx,
    items.map((row) => ({ ...row, versionId: null, nodeId: null })),
  );
  const last = items.at(-1);
  return {
    nextCursor:
      rows.length > query.limit && last
        ? encodeSortedCursor(ORDER, { value: last.since.getTime(), id: last.id })
        : null,
    items: items.map(({ since, lastAt, ...row }) => ({
      ...row,
      tenantSlug: names.tenants.get(row.tenantId)?.slug ?? "",
      adapterSlug: (row.adapterId === null ? undefined : names.adapters.get(row.adapterId)?.slug) ?? null,
      sentence: fallbackSentence(row.via, row.reason) ?? "",
      since: since.toISOString(),
      lastAt: lastAt.toISOString(),
      until: now.getTime() - lastAt.getTime() < GAP_MS ? null : lastAt.toISOString(),
    })),
  };
}
