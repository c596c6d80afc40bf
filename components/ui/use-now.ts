"use client";

import { useSyncExternalStore } from "react";
import { useReader } from "./reader.tsx";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One interval for the whole page, however many times are shown; it stops with the last of them. */
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
  };
};

/**
 * The present in ms, rounded down to `stepMs`: a component re-renders only when its own step has passed. While hydrating
 * it is the server's, so that both draw the same.
 */
export function useNow(stepMs = 1000): number {
  const { drawnAt } = useReader();
  const rounded = (ms: number) => Math.floor(ms / stepMs) * stepMs;
  return useSyncExternalStore(
    subscribe,
    () => rounded(Date.now()),
    () => rounded(drawnAt ?? Date.now()),
  );
}

const never = (): (() => void) => () => {};

/** False on the server and while hydrating: what only the browser knows (its zone) waits for it. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
