"use client";

import { Popover } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

/** The heavy half of `Popover`: opens as it mounts, because a click brought it here. */
export default function PopoverPanel({
  label,
  trigger,
  align = "start",
  children,
}: {
  label: string;
  trigger: ReactElement;
  align?: "start" | "center" | "end";
  children: ReactNode;
}) {
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-[var(--radix-popover-content-available-height)] w-72 max-w-[calc(100vw-16px)] animate-fade overflow-auto rounded-card border bg-raised p-3 text-sm text-fg shadow-float focus:outline-none"
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
