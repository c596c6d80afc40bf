"use client";

import { useMemo, useState } from "react";

/** What is chosen in a list: keys one by one, or everything its filter matches, also what is not on the page. */
export type Selection = {
  keys: ReadonlySet<string>;
  isAll: boolean;
  /** Chooses these, or gives them up; after "all" only what is named is left. */
  set: (keys: readonly string[], isChosen: boolean) => void;
  setAll: () => void;
  clear: () => void;
};

type Chosen = { scope: string; keys: ReadonlySet<string>; isAll: boolean };
const NOTHING: ReadonlySet<string> = new Set();

/**
 * Keeps what is chosen in a list of many.
 * @param scope names the filter: under another one, nothing is chosen
 */
export function useSelection(scope: string): Selection {
  const [stored, store] = useState<Chosen>({ scope, keys: NOTHING, isAll: false });
  const chosen = stored.scope === scope ? stored : null;
  return useMemo(
    () => ({
      keys: chosen?.keys ?? NOTHING,
      isAll: chosen?.isAll ?? false,
      set: (keys, isChosen) =>
        store((before) => {
          const next = new Set(before.scope === scope ? before.keys : NOTHING);
          for (const key of keys) {
            if (isChosen) next.add(key);
            else next.delete(key);
          }
          return { scope, keys: next, isAll: false };
        }),
      setAll: () => store((before) => ({ scope, keys: before.scope === scope ? before.keys : NOTHING, isAll: true })),
      clear: () => store({ scope, keys: NOTHING, isAll: false }),
    }),
    [chosen, scope],
  );
}
