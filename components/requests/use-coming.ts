"use client";

import { useEffect, useState } from "react";

const LOOKS = 8;
const EVERY_MS = 1000;

/** Looks again every second while it may still come. @returns whether it is still being looked for */
export function useComing(isAwaited: boolean, look: () => void): boolean {
  const [looks, setLooks] = useState(0);
  const isLooking = isAwaited && looks < LOOKS;
  // biome-ignore lint/correctness/useExhaustiveDependencies: look is made anew on each render
  useEffect(() => {
    if (!isLooking) return;
    const timer = setTimeout(() => {
      setLooks(looks + 1);
      look();
    }, EVERY_MS);
    return () => clearTimeout(timer);
  }, [isLooking, looks]);
  return isLooking;
}
