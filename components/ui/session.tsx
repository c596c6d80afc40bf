"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import { buttonClass } from "./button-class.ts";
import { createSessionWatch, type SessionWatch } from "./session-watch.ts";

const SessionContext = createContext<SessionWatch>(createSessionWatch());

/** Above everything that reads the API; `watch` hears of each answer. */
export function SessionProvider({ watch, children }: { watch: SessionWatch; children: ReactNode }) {
  return <SessionContext value={watch}>{children}</SessionContext>;
}

const signedIn = () => false; // the server has just let this reader in

/** True once the API has refused the session of this page. */
export function useSessionExpired(): boolean {
  const watch = useContext(SessionContext);
  return useSyncExternalStore(watch.subscribe, watch.isExpired, signedIn);
}

/** What the page that follows a new sign-in says to the pages that wait for it. */
export const SESSION_CHANNEL = "switchyard-session";

/** Opens the sign-in in a tab of its own, which closes afterwards: this page and its forms stay as they are. */
export function SignInAgain({ size = "sm" }: { size?: "sm" | "md" }) {
  return (
    <a href="/sign-in?callbackUrl=%2Fsigned-in" target="switchyard-sign-in" className={buttonClass("primary", size)}>
      Sign in again
    </a>
  );
}
