"use client";

import type { ReactNode } from "react";
import { lazy, Suspense, useEffect, useState } from "react";

/** What a toast says; never the only place of an error. */
export type Notification = {
  title: string;
  detail?: ReactNode;
  tone?: "ok" | "warn" | "bad";
  /** "Undo", for 10 s. */
  action?: { label: string; onClick: () => void };
};

type Listener = (notification: Notification) => void;
let listener: Listener | null = null;
const waiting: Notification[] = [];

/** Says in passing that something was done. Callable from anywhere; what comes before the page is ready waits. */
export function notify(notification: Notification): void {
  if (listener === null) waiting.push(notification);
  else listener(notification);
}

const ToastPanel = lazy(() => import("./toast-panel.tsx"));

/** One per shell. The toaster's code is loaded with the first toast. */
export function Toasts() {
  const [queue, setQueue] = useState<readonly Notification[]>([]);
  useEffect(() => {
    listener = (notification) => setQueue((before) => [...before, notification]);
    for (const each of waiting.splice(0)) listener(each);
    return () => {
      listener = null;
    };
  }, []);
  if (queue.length === 0) return null;
  return (
    <Suspense fallback={null}>
      <ToastPanel queue={queue} />
    </Suspense>
  );
}
