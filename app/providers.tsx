"use client";

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { TrailProvider } from "#components/ui/breadcrumb.tsx";
import type { Preferences } from "#components/ui/preferences.ts";
import { QueryAdapter } from "#components/ui/query-adapter.tsx";
import { ReaderProvider } from "#components/ui/reader.tsx";
import { SessionProvider } from "#components/ui/session.tsx";
import { createSessionWatch, type SessionWatch } from "#components/ui/session-watch.ts";
import { Toasts } from "#components/ui/toast.tsx";
import type { Action } from "#lib/identity/policy.ts";

const STALE_MS = 2000;

/** So that a page says what is wrong after little more than a second, instead of promising an answer for three and more. */
const RETRY_MS = [300, 900] as const;
const retryDelay = (count: number): number => RETRY_MS[count] ?? RETRY_MS[1];

/** A refusal stays one when asked again; only silence and the server's own failures are worth a second try. */
const isWorthRetrying = (count: number, error: unknown): boolean => {
  const status =
    typeof error === "object" && error !== null && "problem" in error
      ? (error.problem as { status?: number }).status
      : undefined;
  return count < RETRY_MS.length && (status === undefined || status === 0 || status >= 500);
};

/** Every answer also says whether the reader is still signed in. */
export const createQueryClient = (session: SessionWatch): QueryClient => {
  const heard = { onSuccess: () => session.answered(), onError: (error: unknown) => session.failed(error) };
  return new QueryClient({
    queryCache: new QueryCache(heard),
    mutationCache: new MutationCache(heard),
    defaultOptions: { queries: { staleTime: STALE_MS, retry: isWorthRetrying, retryDelay } },
  });
};

/** What the console and the portal share above their shells; the sign-in page carries none of it. */
export function Providers({
  locale,
  preferences,
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
  const [session] = useState(createSessionWatch);
  const [client] = useState(() => createQueryClient(session));
  return (
    <QueryClientProvider client={client}>
      <QueryAdapter>
        <ReaderProvider locale={locale} preferences={preferences} may={may} drawnAt={drawnAt}>
          <SessionProvider watch={session}>
            <TrailProvider>{children}</TrailProvider>
            <Toasts />
          </SessionProvider>
        </ReaderProvider>
      </QueryAdapter>
    </QueryClientProvider>
  );
}
