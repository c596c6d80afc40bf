"use client";

import { useEffect, useState } from "react";

const TRIES = 8;
const EVERY_MS = 1000;

/** Reloads every second while it may still come. @returns whether it is still awaited */
export function useComing(isAwaited: boolean, reload: () => void): boolean {
  const [tries, setTries] = useState(0);
  const isWaiting = isAwaited && tries < TRIES;
  // biome-ignore lint/correctness/useExhaustiveDependencies: reload is made anew on each render
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => {
      setTries(tries + 1);
      reload();
    }, EVERY_MS);
    return () => clearTimeout(timer);
  }, [isWaiting, tries]);
  return isWaiting;
}
