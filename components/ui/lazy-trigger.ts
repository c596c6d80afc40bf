import type { PointerEventHandler, Ref } from "react";

/** What a trigger's button spreads; Radix adds its own props once the panel has been loaded. */
export type TriggerProps = {
  ref?: Ref<HTMLButtonElement>;
  onClick?: () => void;
  onPointerEnter?: PointerEventHandler;
  onFocus?: () => void;
  "aria-haspopup"?: "menu" | "dialog";
  "aria-expanded"?: boolean;
};

/**
 * Before its first use a menu or popover is its button and nothing else: the positioning code (25 to 32 kB) comes when
 * a pointer or the focus arrives, and opens on the click.
 */
export const coldTrigger = (
  popup: "menu" | "dialog",
  open: () => void,
  preload: () => Promise<unknown>,
): TriggerProps => ({
  onClick: open,
  onPointerEnter: () => void preload(),
  onFocus: () => void preload(),
  "aria-haspopup": popup,
  "aria-expanded": false,
});
