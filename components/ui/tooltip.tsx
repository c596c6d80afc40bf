"use client";

import type { PointerEvent, ReactNode, RefObject, SyntheticEvent } from "react";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { cn } from "./cn.ts";

export type TooltipTrigger = {
  "aria-describedby": string | undefined;
  onPointerEnter: (event: PointerEvent<HTMLElement>) => void;
  onPointerLeave: () => void;
  onFocus: (event: SyntheticEvent<HTMLElement>) => void;
  onBlur: () => void;
};

const HOVER_DELAY_MS = 300;
const LEAVE_GRACE_MS = 120;
const GAP = 6;
const EDGE = 8;

type Side = "top" | "bottom" | "right";

/** Puts the bubble beside its trigger, on the other side when there is no room, and inside the viewport. */
const place = (bubble: HTMLElement, trigger: DOMRect, side: Side): void => {
  const { width, height } = bubble.getBoundingClientRect();
  const clamp = (value: number, limit: number) => Math.max(EDGE, Math.min(value, limit - EDGE));
  let left = trigger.left + trigger.width / 2 - width / 2;
  let top = side === "top" ? trigger.top - height - GAP : trigger.bottom + GAP;
  if (side === "right") {
    left = trigger.right + GAP;
    top = trigger.top + trigger.height / 2 - height / 2;
  } else if (side === "top" && top < EDGE) top = trigger.bottom + GAP;
  else if (side === "bottom" && top + height > window.innerHeight - EDGE) top = trigger.top - height - GAP;
  bubble.style.left = `${clamp(left, window.innerWidth - width)}px`;
  bubble.style.top = `${clamp(top, window.innerHeight - height)}px`;
};

/** Shows and places the bubble while there is an anchor; Esc and scrolling let go of it. */
function useBubble(
  bubble: RefObject<HTMLDivElement | null>,
  anchor: HTMLElement | null,
  side: Side,
  setAnchor: (anchor: null) => void,
): void {
  useLayoutEffect(() => {
    const element = bubble.current;
    if (anchor === null || element === null) return;
    element.showPopover();
    place(element, anchor.getBoundingClientRect(), side);
    const close = () => setAnchor(null);
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && close();
    window.addEventListener("keydown", onKey);
    window.addEventListener("scroll", close, true);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("scroll", close, true);
    };
  }, [bubble, anchor, side, setAnchor]);
}

/**
 * A word about a control, on hover and on keyboard focus; Esc closes it and the pointer may rest on it (WCAG 1.4.13).
 * The trigger spreads what it is given: `<Tooltip content="Copy">{(tip) => <button {...tip}>…</button>}</Tooltip>`.
 * It costs 1 kB where a popper library costs 20, and it stands on every page.
 */
export function Tooltip({
  content,
  side = "top",
  children,
}: {
  /** Null shows nothing, so that a reason may come and go. */
  content: ReactNode;
  side?: Side;
  children: (trigger: TooltipTrigger) => ReactNode;
}) {
  const id = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const bubble = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const later = (action: () => void, ms: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(action, ms);
  };
  const isOpen = anchor !== null && content !== null && content !== undefined && content !== "";

  useEffect(() => () => clearTimeout(timer.current), []);
  useBubble(bubble, isOpen ? anchor : null, side, setAnchor);

  const trigger: TooltipTrigger = {
    "aria-describedby": isOpen ? id : undefined,
    onPointerEnter: (event) => {
      const element = event.currentTarget;
      if (event.pointerType !== "touch") later(() => setAnchor(element), HOVER_DELAY_MS);
    },
    onPointerLeave: () => later(() => setAnchor(null), LEAVE_GRACE_MS),
    onFocus: (event) => event.currentTarget.matches(":focus-visible") && setAnchor(event.currentTarget),
    onBlur: () => setAnchor(null),
  };

  return (
    <>
      {children(trigger)}
      {isOpen && (
        <div
          ref={bubble}
          id={id}
          popover="manual"
          role="tooltip"
          onPointerEnter={() => clearTimeout(timer.current)}
          onPointerLeave={() => setAnchor(null)}
          className={cn(
            "fixed inset-auto m-0 max-w-72 rounded-control border bg-raised px-2 py-1 text-xs text-fg shadow-float",
            "animate-fade whitespace-normal text-start font-normal",
          )}
        >
          {content}
        </div>
      )}
    </>
  );
}
