import type { Ctx } from "#lib/identity/ctx.ts";
import { SCRAPE_LOOP, type ScrapeNote } from "#lib/metrics/scrape/scraper.ts";
import type { Tx } from "#lib/platform/db.ts";
import { readLeaseNote } from "#lib/platform/lease.ts";
import type { SystemHealth } from "../browser/system-schema.ts";
import { judgeLoops } from "./judge-loops.ts";
import { judgeSystemHealth, type ScrapeFacts, STUCK_MESSAGE_MS, TOLD_FOR_MS } from "./judge-system-health.ts";
import { countConnections, listChannelTroubles, listGateways, listWorkers, readLeases } from "./system-store.ts";

/**
 * Is Switchyard itself well: every loop carried by a worker, on time and without an error, a gateway up to date, room to
 * work in, and its messages leave. Asked every few seconds by every open page, so it reads few rows and no large table.
 */
export async function readSystemHealth(ctx: Ctx): Promise<SystemHealth> {
  const now = ctx.clock.now();
  const { tx } = ctx;
  const workers = await listWorkers(tx);
  const loops = judgeLoops(await readLeases(tx), workers, now);
  const before = (ms: number) => new Date(now.getTime() - ms);
  const troubles = judgeSystemHealth(
    {
      loops,
      workers,
      gateways: await listGateways(tx),
      channels: await listChannelTroubles(tx, {
        waitsBefore: before(STUCK_MESSAGE_MS),
        gaveUpFrom: before(TOLD_FOR_MS),
      }),
      connections: await countConnections(tx),
      scrape: await readScrape(tx),
    },
    now,
  );
  return { ok: troubles.length === 0, sentence: troubles[0] ?? "All background jobs healthy", troubles, loops };
}

const dateOf = (at: string | null | undefined): Date | null => (at == null ? null : new Date(at));

async function readScrape(tx: Tx): Promise<ScrapeFacts | null> {
  // a worker of an earlier release leaves the newer facts out
  const note = (await readLeaseNote(tx, SCRAPE_LOOP)) as (Pick<ScrapeNote, "nodes"> & Partial<ScrapeNote>) | null;
  return note && { nodes: note.nodes, unseenSince: dateOf(note.unseenSince), lostAt: dateOf(note.lostAt) };
}
