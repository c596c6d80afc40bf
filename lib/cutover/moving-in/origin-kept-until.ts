import type { Ctx } from "#lib/identity/ctx.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";

const DAY_MS = 24 * 3_600_000;

/** Until when an origin that is left now is kept as the way back, by the setting. */
export async function originKeptUntil(ctx: Ctx): Promise<Date> {
  const { originKeepDays } = await readSettings(ctx.tx);
  return new Date(ctx.clock.now().getTime() + originKeepDays * DAY_MS);
}
