import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import {
  SETTING_KEYS,
  type SettingName,
  type Settings,
  type SettingValues,
  settingsOf,
} from "../browser/settings-schema.ts";

/** Serialises edits: the generation of all settings together is compared and raised under it. */
export async function lockSettings(tx: Tx): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('settings', 0))`;
}

/** The settings, and how often any of them was edited. */
export async function readSettings(tx: Tx): Promise<Settings> {
  const rows = await tx.client.setting.findMany({ where: { key: { in: Object.values(SETTING_KEYS) } } });
  const stored = new Map<string, unknown>(rows.map(({ key, value }) => [key, value]));
  return { ...settingsOf(stored), generation: 1 + rows.reduce((sum, { generation }) => sum + generation, 0) };
}

export async function writeSetting(tx: Tx, name: SettingName, value: SettingValues[SettingName]): Promise<void> {
  const key = SETTING_KEYS[name];
  const json = value ?? Prisma.JsonNull;
  await tx.client.setting.upsert({
    where: { key },
    create: { key, value: json },
    update: { value: json, generation: { increment: 1 } },
  });
}
