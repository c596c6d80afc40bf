"use client";

import type { ReactNode } from "react";
import { createContext, useCallback, useContext, useMemo, useState } from "react";
import type { Action } from "#lib/identity/policy.ts";
import { DEFAULT_LOCALE } from "./format.ts";
import { DEFAULT_PREFERENCES, PREFERENCES_COOKIE, type Preferences, serializePreferences } from "./preferences.ts";

type Reader = {
  locale: string;
  preferences: Preferences;
  setPreferences: (change: Partial<Preferences>) => void;
  may: readonly Action[];
  /** When the server drew this page, in ms: what depends on the present says the same while hydrating. */
  drawnAt: number | undefined;
};

const ReaderContext = createContext<Reader>({
  locale: DEFAULT_LOCALE,
  preferences: DEFAULT_PREFERENCES,
  setPreferences: () => {},
  may: [],
  drawnAt: undefined,
});

const YEAR_SECONDS = 365 * 24 * 3600;

/** Who reads: number locale, view preferences, and the actions of their role. One above each shell. */
export function ReaderProvider({
  locale,
  preferences: initial,
  may,
  drawnAt,
  children,
}: {
  locale: string;
  preferences: Preferences;
  may: readonly Action[];
  drawnAt: number;
  children: ReactNode;
}) {
  const [preferences, set] = useState(initial);
  const setPreferences = useCallback(
    (change: Partial<Preferences>) => {
      const next = { ...preferences, ...change };
      set(next);
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers we support.
      document.cookie = `${PREFERENCES_COOKIE}=${serializePreferences(next)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
    },
    [preferences],
  );
  const value = useMemo(
    () => ({ locale, preferences, setPreferences, may, drawnAt }),
    [locale, preferences, setPreferences, may, drawnAt],
  );
  return <ReaderContext value={value}>{children}</ReaderContext>;
}

export const useReader = (): Reader => useContext(ReaderContext);

/** Why this reader may not do `action`, for `disabledReason`; undefined when they may. */
export function useDenied(action: Action): string | undefined {
  return useReader().may.includes(action) ? undefined : "Your role does not allow this.";
}
