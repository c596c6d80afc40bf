"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { SESSION_CHANNEL, SignInAgain, useSessionExpired } from "#components/ui/session.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import { api } from "#lib/api/client.ts";

/** One for the whole page, in its sticky header: what is below keeps its last figures and forms. */
export function SessionBanner({ email }: { email: string }) {
  const isExpired = useSessionExpired();
  useRefreshAfterSignIn(isExpired);
  useReloadForSomebodyElse(isExpired, email);
  return (
    <div role="status">
      {isExpired && (
        <div
          data-expired=""
          className="flex h-11 items-center justify-center gap-3 border-b bg-warn-tint px-4 text-md font-medium text-warn"
        >
          <span className="flex min-w-0 items-center gap-2">
            <StatusShape state="warn" />
            <span className="truncate">Your session has expired</span>
          </span>
          <SignInAgain />
        </div>
      )}
    </div>
  );
}

/** Reads everything again once the sign-in in the other tab is done. */
function useRefreshAfterSignIn(isExpired: boolean) {
  const client = useQueryClient();
  useEffect(() => {
    if (!isExpired) return;
    const channel = new BroadcastChannel(SESSION_CHANNEL);
    channel.onmessage = () => void client.invalidateQueries();
    return () => channel.close();
  }, [isExpired, client]);
}

/** Another person's page, role and half-filled forms are not for whoever signed in now. */
function useReloadForSomebodyElse(isExpired: boolean, email: string) {
  const wasExpired = useRef(false);
  useEffect(() => {
    const isBack = wasExpired.current && !isExpired;
    wasExpired.current = isExpired;
    if (!isBack) return;
    api.call("GET /me", {}).then(
      (me) => me.email !== email && window.location.reload(),
      () => window.location.reload(), // the server decides what this visitor may see
    );
  }, [isExpired, email]);
}
