"use client";

import { createContext, useContext, useEffect, useId } from "react";

/** Of a dialog: the forms in it that hold what somebody typed. */
export const HeldInput = createContext<Set<string> | null>(null);

/** Keeps the dialog around it open on Esc and on a click beside it for as long as something typed would be lost. */
export function useHoldInput(isHeld: boolean): void {
  const held = useContext(HeldInput);
  const id = useId();
  useEffect(() => {
    if (!isHeld) return;
    held?.add(id);
    return () => void held?.delete(id);
  }, [held, id, isHeld]);
}
