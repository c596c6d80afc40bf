"use client";

import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { useEffect, useState } from "react";
import { cn } from "./cn.ts";
import { shortenId } from "./format.ts";
import { Tooltip } from "./tooltip.tsx";

const CONFIRM_MS = 1600;

type CopyState = "idle" | "copied" | "refused";

/** Copies `text`; `refused` when the browser forbids it (no focus, no permission, plain http). */
function useCopy(text: string): [CopyState, () => void] {
  const [state, setState] = useState<CopyState>("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    if (navigator.clipboard === undefined) return setState("refused");
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("refused"),
    );
  };
  return [state, copy];
}

const WORD: Record<CopyState, string> = { idle: "", copied: "Copied", refused: "The browser blocked copying" };

const ICON_BUTTON =
  "inline-flex size-6 shrink-0 items-center justify-center rounded-control text-fg-3 transition-colors duration-80 hover:bg-off-tint hover:text-fg pointer-coarse:size-10 [&_svg]:size-3.5";

/** A button that copies, beside whatever it copies. */
export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const [state, copy] = useCopy(text);
  return (
    <>
      <Tooltip content={WORD[state] || label}>
        {(tip) => (
          <button type="button" {...tip} aria-label={label} onClick={copy} className={cn(ICON_BUTTON, className)}>
            {state === "copied" ? <Check className="text-ok" /> : <Copy />}
          </button>
        )}
      </Tooltip>
      <span role="status" className="sr-only">
        {WORD[state]}
      </span>
    </>
  );
}

/** An id or digest: shortened in the middle, whole on hover, copied whole. */
export function CopyId({ id, label = "id", className }: { id: string; label?: string; className?: string }) {
  return (
    <span className={cn("row-action inline-flex items-center gap-0.5 whitespace-nowrap", className)}>
      <code title={id} className="font-mono text-xs text-fg-2">
        {shortenId(id)}
      </code>
      <CopyButton text={id} label={`Copy ${label}`} />
    </span>
  );
}

/** A command or address to copy, whole and scrollable. */
export function CopyBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-start gap-1 rounded-control border bg-sub py-1.5 ps-3 pe-1.5">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="min-w-0 grow overflow-x-auto py-0.5 font-mono text-xs leading-5 text-fg">
        {text}
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
