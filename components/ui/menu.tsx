"use client";

import type { ComponentProps, ReactElement, ReactNode } from "react";
import { lazy, Suspense, useState } from "react";
import { coldTrigger, type TriggerProps } from "./lazy-trigger.ts";

const load = () => import("./menu-panel.tsx");
const MenuPanel = lazy(load);

/** What a menu holds, as data: the panel's code arrives later than the page. */
export type MenuItem =
  | {
      kind: "action";
      label: string;
      onSelect: () => void;
      icon?: ReactNode;
      shortcut?: string;
      tone?: "danger";
      /** Shown under the label; the item stays reachable and does nothing. */
      disabledReason?: string | null | undefined;
    }
  | { kind: "link"; label: string; href: string; icon?: ReactNode }
  | {
      kind: "choice";
      label: string;
      value: string;
      options: { value: string; label: string }[];
      onChange: (value: string) => void;
    }
  | { kind: "heading"; label: string; detail?: string }
  | { kind: "separator" };

type MenuProps = {
  label: string;
  items: readonly MenuItem[];
  trigger: (props: TriggerProps) => ReactElement<ComponentProps<"button">>;
  align?: "start" | "end";
};

/** A menu behind a button; its code is loaded on first use. */
export function Menu(props: MenuProps) {
  const [isWanted, setWanted] = useState(false);
  const cold = props.trigger(coldTrigger("menu", () => setWanted(true), load));
  if (!isWanted) return cold;
  return (
    <Suspense fallback={cold}>
      <MenuPanel label={props.label} align={props.align} items={props.items} trigger={props.trigger({})} />
    </Suspense>
  );
}
