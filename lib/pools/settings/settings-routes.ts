import { route } from "#lib/identity/route.ts";
import { SettingsSchema, UpdateSettings } from "../browser/settings-schema.ts";
import { readSettings } from "./settings-store.ts";
import { updateSettings } from "./update-settings.ts";

export const settingsRoutes = [
  route(
    "GET /settings",
    { summary: "Read the settings that apply to all pools", action: "fleet.read", ok: SettingsSchema },
    async ({ ctx }) => readSettings(ctx.tx),
  ),
  route(
    "PATCH /settings",
    {
      summary: "Change the settings that apply to all pools",
      action: "settings.write",
      body: UpdateSettings,
      ok: SettingsSchema,
      ifMatch: true,
    },
    async ({ ctx, body, expectedGeneration }) => updateSettings(ctx, { expectedGeneration, change: body }),
  ),
] as const;
