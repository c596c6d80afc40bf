"use client";

import { useEffect } from "react";
import { SESSION_CHANNEL } from "#components/ui/session.tsx";

/** Tells the waiting pages to read again, then closes this tab where the browser allows it. */
export function BackToWork() {
  useEffect(() => {
    const channel = new BroadcastChannel(SESSION_CHANNEL);
    channel.postMessage("signed in");
    channel.close();
    window.close();
  }, []);
  return null;
}
