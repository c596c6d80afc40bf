"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { keysAreTaken } from "#components/ui/table-behaviour.ts";
import type { NavGroup } from "./nav.ts";
import { type KeyState, readKey } from "./shortcuts.ts";

/** Listens for the shell's single keys; silent while someone types, a dialog is open, or the reader turned them off. */
export function useShortcuts(nav: readonly NavGroup[], isEnabled: boolean, onHelp: () => void): void {
  const router = useRouter();
  const state = useRef<KeyState>({ pendingSince: null });
  const help = useRef(onHelp);
  help.current = onHelp;
  useEffect(() => {
    if (!isEnabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || keysAreTaken(event.target))
        return;
      const outcome = readKey(event.key, state.current, event.timeStamp, nav);
      state.current = { pendingSince: outcome.kind === "wait" ? event.timeStamp : null };
      if (outcome.kind === "none" || outcome.kind === "wait") return;
      event.preventDefault();
      if (outcome.kind === "go") router.push(outcome.path);
      else help.current();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [nav, isEnabled, router]);
}
