import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { SETTING_KEYS, type SettingName, type Settings, type UpdateSettings } from "../browser/settings-schema.ts";
import { lockSettings, readSettings, writeSetting } from "./settings-store.ts";

/**
 * Changes settings that count for all pools; the gateway follows at once.
 * @throws AppError `stale` when any of them was edited since the caller read them
 */
export async function updateSettings(
  ctx: Ctx,
  input: { expectedGeneration: number; change: UpdateSettings },
): Promise<Settings> {
  await lockSettings(ctx.tx);
  const before = await readSettings(ctx.tx);
  if (before.generation !== input.expectedGeneration) throw staleEdit();
  const changed = (Object.keys(SETTING_KEYS) as SettingName[]).filter((name) => input.change[name] !== undefined);
  for (const name of changed) await writeSetting(ctx.tx, name, input.change[name] ?? null);
  const after = await readSettings(ctx.tx);
  await audit(ctx, {
    action: "settings.update",
    object: { type: "settings", id: "settings" },
    tenantId: null,
    before: Object.fromEntries(changed.map((name) => [name, before[name]])),
    after: Object.fromEntries(changed.map((name) => [name, after[name]])),
  });
  return after;
}
