"use client";

import type { ComponentProps, ReactElement, ReactNode } from "react";
import { lazy, Suspense, useState } from "react";
import { coldTrigger, type TriggerProps } from "./lazy-trigger.ts";

const load = () => import("./popover-panel.tsx");
const PopoverPanel = lazy(load);

type PopoverProps = {
  /** Name of the panel for screen readers. */
  label: string;
  /** Renders the button: `(props) => <button {...props}>…</button>`. */
  trigger: (props: TriggerProps) => ReactElement<ComponentProps<"button">>;
  align?: "start" | "center" | "end";
  children: ReactNode;
};

/** A small panel beside its button, for details; its code is loaded on first use. */
export function Popover(props: PopoverProps) {
  const [isWanted, setWanted] = useState(false);
  const cold = props.trigger(coldTrigger("dialog", () => setWanted(true), load));
  if (!isWanted) return cold;
  return (
    <Suspense fallback={cold}>
      <PopoverPanel label={props.label} align={props.align} trigger={props.trigger({})}>
        {props.children}
      </PopoverPanel>
    </Suspense>
  );
}
