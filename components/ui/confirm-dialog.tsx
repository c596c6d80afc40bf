"use client";

import type { ReactNode } from "react";
import { lazy, Suspense, useId, useRef, useState } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { Button } from "./button.tsx";
import { ErrorState } from "./error-state.tsx";
import { Input } from "./input.tsx";
import { useOpener } from "./use-opener.ts";

const AlertPanel = lazy(() => import("./dialog-panel.tsx").then((module) => ({ default: module.AlertPanel })));

export type ConfirmDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Names the object: "Delete version 7 of support-bot?" */
  title: string;
  /** What follows from it. */
  children: ReactNode;
  /** Verb + object, as on the button that led here. */
  confirmLabel: string;
  tone?: "primary" | "danger";
  /** The exact name to type; only where the loss is permanent. */
  typedName?: string;
  onConfirm: () => void;
  pending?: boolean;
  /** The refusal of the last attempt; it stays in the dialog. */
  problem?: Problem | null;
  /** It holds what somebody typed: Esc does not throw that away, its buttons do. */
  holdsInput?: boolean;
};

/** The second and third step of the destructive ladder; the first (undo) is a toast. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const wasOpened = useRef(false);
  const returnFocus = useOpener(props.open);
  wasOpened.current ||= props.open;
  if (!wasOpened.current) return null;
  return (
    <Suspense fallback={null}>
      <ConfirmBody {...props} returnFocus={returnFocus} />
    </Suspense>
  );
}

function ConfirmBody(props: ConfirmDialogProps & { returnFocus: (event: Event) => void }) {
  const {
    open,
    onOpenChange,
    title,
    confirmLabel,
    tone = "primary",
    typedName,
    onConfirm,
    pending = false,
    problem,
  } = props;
  const [typed, setTyped] = useState("");
  const change = (next: boolean) => {
    setTyped("");
    onOpenChange(next);
  };
  const isMissing = typedName !== undefined && typed !== typedName;
  return (
    <AlertPanel
      open={open}
      onOpenChange={change}
      title={title}
      returnFocus={props.returnFocus}
      holdsInput={props.holdsInput || typed !== ""}
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button
            variant={tone}
            pending={pending}
            disabledReason={isMissing ? `Type ${typedName} first.` : undefined}
            onClick={onConfirm}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 text-md text-fg-2">
        {props.children}
        {typedName !== undefined && <TypedName name={typedName} value={typed} onChange={setTyped} />}
        {problem && <ErrorState problem={problem} size="inline" />}
      </div>
    </AlertPanel>
  );
}

function TypedName({ name, value, onChange }: { name: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm text-fg">
        Type <strong className="select-all font-mono font-medium">{name}</strong> to confirm
      </label>
      <Input
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
    </div>
  );
}
