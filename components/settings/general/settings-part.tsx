"use client";

import type { ReactNode } from "react";
import { EditCard, type EditFields } from "#components/ui/edit-card.tsx";
import type { Settings } from "#lib/pools/browser/settings-schema.ts";
import { partOf, type SettingField, type SettingsEdit, settingsEditOf } from "./settings-edit.ts";
import { type OwnSaves, useSaveSettings } from "./use-save-settings.ts";

/** A card of the settings that saves only its own fields. */
export function SettingsPart({
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
  fields: readonly SettingField[];
  saves: OwnSaves;
  denied: string | undefined;
  onDiscard: () => void;
  children: (form: EditFields<SettingsEdit>) => ReactNode;
}) {
  const update = useSaveSettings(title, saves);
  return (
    <EditCard
      title={title}
      saved={settingsEditOf(settings)}
      denied={denied}
      problem={update.problem}
      pending={update.isPending}
      fields={fields}
      onSave={(edit, done) => update.save(edit.generation, partOf(edit, fields), done)}
      onDiscard={() => {
        update.reset();
        onDiscard();
      }}
    >
      {children}
    </EditCard>
  );
}
