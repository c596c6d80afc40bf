"use client";

import { type ReactNode, useState } from "react";
import { EditCard } from "#components/ui/form/edit-card.tsx";
import { type ApiForm, useApiForm } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Settings, UpdateSettings } from "#lib/pools/browser/settings-schema.ts";
import { generationNow, partOf } from "./settings-parts.ts";

/** The saves of one page: each generation that was saved over, with the one it led to. */
type OwnSaves = Map<number, number>;
export const useOwnSaves = (): OwnSaves => useState<OwnSaves>(() => new Map())[0];

/** A card of the settings that saves only its own fields; what the cards beside it saved is no change by someone else. */
export function SettingsCard({
  title,
  settings,
  fields,
  saves,
  denied,
  onDiscard,
  children,
}: {
  title: string;
  settings: Settings;
  fields: readonly (keyof UpdateSettings)[];
  saves: OwnSaves;
  denied: string | undefined;
  onDiscard: () => void;
  children: (form: ApiForm<Settings>) => ReactNode;
}) {
  const update = useApiMutation("PATCH /settings", { onDone: () => notify({ title: `${title} saved`, tone: "ok" }) });
  const save = async (began: number, body: UpdateSettings) => {
    const generation = generationNow(began, saves);
    const after = await update.runAsync({ generation, body });
    if (after.generation > generation) saves.set(generation, after.generation);
  };
  const form = useApiForm({
    start: settings,
    followsStart: true,
    denied,
    callOf: (values) => {
      const body = partOf(values, fields);
      return {
        schema: async () => (await import("#lib/pools/browser/settings-schema.ts")).UpdateSettings,
        body,
        send: () => save(values.generation, body),
      };
    },
  });
  return (
    <EditCard form={form} title={title} onDiscard={onDiscard}>
      {children(form)}
    </EditCard>
  );
}
