"use client";

import FolderUp from "lucide-react/icons/folder-up";
import type { DragEvent, ReactNode, RefObject } from "react";
import { useId, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { type DroppedFile, readDrop, readPicked } from "./read-drop.ts";

type FileDropProps = {
  /** What to drop: "Drop an adapter folder". */
  label: string;
  /** Which files it must hold. */
  hint?: ReactNode;
  onFiles: (files: readonly DroppedFile[]) => void;
  /** Folders that are dropped keep their own names in the paths: there may be several. */
  keepsNames?: boolean;
  /** Files are being read or sent. */
  pending?: boolean;
  disabledReason?: string | null;
};

const UNREADABLE = "The browser could not read that folder. Use the Choose folder button instead.";
const NOTHING = "The folder contains no files. Drop a folder that contains files.";

/** A folder by drag, or by button for those who cannot drag (WCAG 2.5.7). It reads names and handles, not bytes. */
export function FileDrop({
  label,
  hint,
  onFiles,
  keepsNames = false,
  pending = false,
  disabledReason = null,
}: FileDropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const hintId = useId();
  const isClosed = pending || disabledReason !== null;
  const take = (files: readonly DroppedFile[]) => {
    setFailure(files.length === 0 ? NOTHING : null);
    if (files.length > 0) onFiles(files);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (isClosed) return;
    readDrop(event.dataTransfer, keepsNames).then(take, () => setFailure(UNREADABLE));
  };
  return (
    <div className="flex flex-col gap-2">
      <section
        aria-label={label}
        aria-describedby={hint ? hintId : undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(!isClosed);
        }}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
        }}
        onDrop={onDrop}
        className={cn(
          "flex flex-col items-center gap-2 rounded-card border border-dashed px-4 py-8 text-center transition-colors duration-80",
          isOver ? "border-accent bg-busy-tint" : "border-line-control bg-sub",
        )}
      >
        <FolderUp aria-hidden="true" className="size-6 text-fg-3" />
        <p className="text-md font-medium">{label}</p>
        {hint && (
          <p id={hintId} className="max-w-120 text-sm text-fg-2">
            {hint}
          </p>
        )}
        <Button pending={pending} disabledReason={disabledReason} onClick={() => input.current?.click()}>
          Choose folder
        </Button>
        <FolderInput ref={input} label={label} disabled={isClosed} onFiles={take} />
      </section>
      {failure && <Failure text={failure} />}
    </div>
  );
}

const Failure = ({ text }: { text: string }) => (
  <p role="alert" className="text-sm text-bad">
    {text}
  </p>
);

/** The platform's folder picker, opened by the button above it. */
function FolderInput({
  ref,
  label,
  disabled,
  onFiles,
}: {
  ref: RefObject<HTMLInputElement | null>;
  label: string;
  disabled: boolean;
  onFiles: (files: readonly DroppedFile[]) => void;
}) {
  return (
    <input
      ref={(element) => {
        ref.current = element;
        // React has no type for it, and without it the picker offers single files.
        element?.setAttribute("webkitdirectory", "");
      }}
      type="file"
      multiple
      hidden
      aria-label={label}
      disabled={disabled}
      onChange={(event) => {
        onFiles(readPicked(event.target.files ?? []));
        event.target.value = "";
      }}
    />
  );
}
