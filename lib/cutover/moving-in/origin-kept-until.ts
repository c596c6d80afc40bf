import * as z from "zod";
import type { Ctx } from "#lib/identity/ctx.ts";
import { readKeepDays } from "./moving-in-store.ts";

const DAY_MS = 24 * 3_600_000;
/** Setting `origin_keep_days`: how long a customer's endpoint stays the way back once its version is live. */
const KeepDays = z.number().int().min(0).max(365);
const DEFAULT_KEEP_DAYS = 14;

/** Until when an origin is kept that is left now. A setting that makes no sense counts as not set. */
export async function originKeptUntil(ctx: Ctx): Promise<Date> {
  const days = KeepDays.safeParse(await readKeepDays(ctx.tx));
  return new Date(ctx.clock.now().getTime() + (days.success ? days.data : DEFAULT_KEEP_DAYS) * DAY_MS);
}
