"use client";

import { useEffect, useRef } from "react";
import { Toaster, toast } from "sonner";
import { StatusShape } from "./status.tsx";
import type { Notification } from "./toast.tsx";

const SHOWN_MS = 5000;
const UNDO_MS = 10_000;

/** The heavy half of `Toasts`: hands each notification to the toaster once, after the toaster listens. */
export default function ToastPanel({ queue }: { queue: readonly Notification[] }) {
  const shown = useRef(0);
  useEffect(() => {
    for (const each of queue.slice(shown.current)) {
      toast(each.title, {
        description: each.detail,
        duration: each.action ? UNDO_MS : SHOWN_MS,
        action: each.action,
        icon: each.tone ? <StatusShape state={each.tone} /> : undefined,
      });
    }
    shown.current = queue.length;
  }, [queue]);
  return (
    <Toaster
      position="bottom-right"
      style={{ fontFamily: "inherit" }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-2.5 rounded-card border bg-raised px-4 py-3 text-md text-fg shadow-float",
          title: "font-medium",
          description: "text-sm text-fg-2",
          content: "grow",
          actionButton:
            "h-7 shrink-0 rounded-control border border-line-control/60 px-2.5 text-sm font-medium hover:bg-sub pointer-coarse:h-10",
        },
      }}
    />
  );
}
