"use client";

import type { ReactNode } from "react";
import { lazy, Suspense, useRef } from "react";
import { useOpener } from "./use-opener.ts";

const DialogPanel = lazy(() => import("./dialog-panel.tsx").then((module) => ({ default: module.DialogPanel })));

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** Buttons, the final one last. */
  footer?: ReactNode;
  size?: "sm" | "md" | "lg";
  /** It shows what cannot be shown again, such as a new key: neither Esc nor a click beside it closes it. */
  closesByButtonOnly?: boolean;
  /** It holds what somebody typed: Esc and a click beside it do not throw that away, its buttons do. */
  holdsInput?: boolean;
  /** "sheet" slides in from an edge and takes the height: peek panels, navigation on phones. */
  shape?: "dialog" | "sheet-start" | "sheet-end";
  children?: ReactNode;
};

/** A modal dialog. Focus moves in and returns, Esc and the scrim close it; its code is loaded when first opened. */
export function Dialog(props: DialogProps) {
  const wasOpened = useRef(false);
  const returnFocus = useOpener(props.open);
  wasOpened.current ||= props.open;
  if (!wasOpened.current) return null;
  return (
    <Suspense fallback={null}>
      <DialogPanel {...props} returnFocus={returnFocus} />
    </Suspense>
  );
}

/** A dialog at the edge of the screen. */
export function Sheet({ side = "end", ...props }: Omit<DialogProps, "shape"> & { side?: "start" | "end" }) {
  return <Dialog {...props} shape={side === "start" ? "sheet-start" : "sheet-end"} />;
}
