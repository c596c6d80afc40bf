"use client";

import { useCallback, useLayoutEffect, useRef } from "react";

/**
 * Remembers what had the focus when a dialog opened and gives it back on close. Radix does so for its own triggers only;
 * ours are opened by state, because their code is not loaded before.
 */
export function useOpener(isOpen: boolean): (event: Event) => void {
  const opener = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    if (isOpen && document.activeElement instanceof HTMLElement) opener.current = document.activeElement;
  }, [isOpen]);
  return useCallback((event: Event) => {
    event.preventDefault();
    if (opener.current?.isConnected) opener.current.focus();
  }, []);
}
