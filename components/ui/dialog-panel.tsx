"use client";

import X from "lucide-react/icons/x";
import { AlertDialog, Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { IconButton } from "./button.tsx";
import { cn } from "./cn.ts";
import type { DialogProps } from "./dialog.tsx";
import { HeldInput } from "./hold-input.ts";

const SIZE = { sm: "max-w-100", md: "max-w-140", lg: "max-w-220" } as const;

const SCRIM = "fixed inset-0 z-40 animate-fade bg-scrim";
const CENTERED =
  "fixed inset-x-4 top-1/2 z-50 mx-auto flex max-h-[calc(100dvh-32px)] -translate-y-1/2 flex-col rounded-card border bg-raised text-fg shadow-float focus:outline-none";
const SHEET = "fixed inset-y-0 z-50 flex w-full flex-col bg-raised text-fg shadow-float focus:outline-none";

const frame = (shape: DialogProps["shape"], size: keyof typeof SIZE): string => {
  switch (shape) {
    case "sheet-start":
      return cn(SHEET, "start-0 max-w-72 animate-slide-start border-e");
    case "sheet-end":
      return cn(SHEET, "end-0 animate-slide-end border-s", SIZE[size]);
    default:
      return cn(CENTERED, "animate-rise", SIZE[size]);
  }
};

const FOOTER = "flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3";

/** To the first field, else to the dialog itself; never to the button that closes it. */
const focusFirstField = (event: Event) => {
  const panel = event.currentTarget;
  if (!(panel instanceof HTMLElement)) return;
  event.preventDefault();
  const body = panel.querySelector("[data-dialog-body]");
  const field = body?.querySelector<HTMLElement>("input:not([type=hidden],[hidden]),select,textarea");
  (field ?? panel).focus();
};

/** Esc and a click beside the dialog close it, unless something would be lost by then. */
export function waysToClose(mustStay: () => boolean) {
  const stay = (event: { preventDefault(): void }) => mustStay() && event.preventDefault();
  return { onEscapeKeyDown: stay, onInteractOutside: stay };
}

/** The heavy half of `Dialog` and `Sheet`. */
export function DialogPanel({
  open,
  onOpenChange,
  title,
  description,
  footer,
  size = "md",
  shape,
  children,
  returnFocus,
  closesByButtonOnly = false,
  holdsInput = false,
}: DialogProps & { returnFocus: (event: Event) => void }) {
  const [held] = useState(() => new Set<string>());
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className={SCRIM} />
        <Dialog.Content
          onOpenAutoFocus={focusFirstField}
          onCloseAutoFocus={returnFocus}
          {...waysToClose(() => closesByButtonOnly || holdsInput || held.size > 0)}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={frame(shape, size)}
        >
          <header className="flex items-start gap-3 px-4 pt-3 pb-2">
            <div className="min-w-0 grow pt-1">
              <Dialog.Title className="text-lg font-semibold">{title}</Dialog.Title>
              {description && (
                <Dialog.Description className="mt-0.5 text-md text-fg-2">{description}</Dialog.Description>
              )}
            </div>
            {!closesByButtonOnly && (
              <Dialog.Close asChild>
                <IconButton label="Close">
                  <X />
                </IconButton>
              </Dialog.Close>
            )}
          </header>
          <div data-dialog-body="" className="min-h-0 grow overflow-y-auto px-4 pt-1 pb-4">
            <HeldInput value={held}>{children}</HeldInput>
          </div>
          {footer && <footer className={FOOTER}>{footer}</footer>}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** To the field that is to be filled in, else to the way out: Enter must not do what was only asked about. */
const focusFieldOrCancel = (event: Event) => {
  const panel = event.currentTarget;
  if (!(panel instanceof HTMLElement)) return;
  event.preventDefault();
  const field = panel.querySelector<HTMLElement>(
    "textarea,input:not([type=hidden],[type=radio],[type=checkbox],[hidden])",
  );
  (field ?? panel.querySelector<HTMLElement>("footer button") ?? panel).focus();
};

/** The heavy half of `ConfirmDialog`: an alertdialog, which only its own buttons and Esc close. */
export function AlertPanel({
  open,
  onOpenChange,
  title,
  footer,
  returnFocus,
  holdsInput,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  footer: ReactNode;
  returnFocus: (event: Event) => void;
  holdsInput: boolean;
  children: ReactNode;
}) {
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={SCRIM} />
        <AlertDialog.Content
          onOpenAutoFocus={focusFieldOrCancel}
          onCloseAutoFocus={returnFocus}
          onEscapeKeyDown={(event) => holdsInput && event.preventDefault()}
          className={cn(CENTERED, "animate-rise", SIZE.md)}
        >
          <AlertDialog.Title className="px-4 pt-4 text-lg font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="min-h-0 grow overflow-y-auto px-4 pt-2 pb-4">{children}</div>
          </AlertDialog.Description>
          <footer className={FOOTER}>{footer}</footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
