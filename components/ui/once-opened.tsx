"use client";

import { type ReactNode, Suspense, useRef } from "react";

/**
 * Around a `lazy` dialog: its code is loaded when it is first opened, so that forms and their checks do not weigh on the
 * page behind them.
 */
export function OnceOpened({ open, children }: { open: boolean; children: ReactNode }) {
  const wasOpened = useRef(false);
  wasOpened.current ||= open;
  return wasOpened.current ? <Suspense fallback={null}>{children}</Suspense> : null;
}
