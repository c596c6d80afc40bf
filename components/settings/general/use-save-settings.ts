import { useState } from "react";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { UpdateSettings } from "#lib/pools/browser/settings-schema.ts";
import { generationNow } from "./settings-edit.ts";

/** The saves of one page: each generation that was saved over, with the one it led to. */
export type OwnSaves = Map<number, number>;
export const useOwnSaves = (): OwnSaves => useState<OwnSaves>(() => new Map())[0];

/** Saves one card of the settings; what the cards beside it saved meanwhile is not somebody else's change. */
export function useSaveSettings(title: string, saves: OwnSaves) {
  const update = useApiMutation("PATCH /settings", { onDone: () => notify({ title: `${title} saved`, tone: "ok" }) });
  const save = (began: number, body: UpdateSettings, done: () => void) => {
    const generation = generationNow(began, saves);
    const onSuccess = (after: { generation: number }) => {
      if (after.generation > generation) saves.set(generation, after.generation);
      done();
    };
    update.run({ generation, body }, { onSuccess });
  };
  return { save, problem: update.problem, isPending: update.isPending, reset: update.reset };
}
