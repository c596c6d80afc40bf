"use client";

import type { PointerEvent, ReactNode } from "react";
import { useEffect, useState } from "react";
import type { PlotBox } from "./plot-geometry.ts";

const MIN_DRAG_PX = 8;

type Range = { from: number; to: number };

type Drag = { start: number; end: number };

/** The drag under way, let go by Esc. */
function useDrag(): [Drag | null, (drag: Drag | null) => void] {
  const [drag, setDrag] = useState<Drag | null>(null);
  const isDragging = drag !== null;
  useEffect(() => {
    if (!isDragging) return;
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && setDrag(null);
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isDragging]);
  return [drag, setDrag];
}

const isZoomStart = (event: PointerEvent): boolean =>
  event.button === 0 &&
  event.pointerType !== "touch" &&
  !(event.target instanceof Element && event.target.closest("button,a"));

/** The time span between two places of the plot. */
const spanOf = ({ start, end }: Drag, width: number, range: Range): Range => {
  const timeOf = (x: number): number => Math.round(range.from + (x / width) * (range.to - range.from));
  return { from: timeOf(Math.min(start, end)), to: timeOf(Math.max(start, end)) };
};

/**
 * Drag to zoom, double-click to go back, Esc to let go; a click asks about that moment, as the table's rows do. It only reports: the range lives in the URL, and the page's
 * range picker is the way without a drag (WCAG 2.5.7).
 */
export function ZoomLayer({
  box,
  range,
  onZoom,
  onZoomOut,
  onPick,
  children,
}: {
  box: PlotBox;
  range: Range;
  onZoom: ((range: Range) => void) | undefined;
  onZoomOut: (() => void) | undefined;
  /** A click without a drag, at a moment. */
  onPick: ((at: number) => void) | undefined;
  children: ReactNode;
}) {
  const [drag, setDrag] = useDrag();
  if (onZoom === undefined && onPick === undefined) return <div className="relative">{children}</div>;
  const isFar = onZoom !== undefined && drag !== null && Math.abs(drag.end - drag.start) >= MIN_DRAG_PX;
  const xOf = (event: PointerEvent<HTMLElement>): number => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - box.left;
    return Math.max(0, Math.min(box.width, x));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer shortcut; the range picker does the same by keyboard.
    <div
      className="relative touch-pan-y select-none"
      onPointerDown={(event) => isZoomStart(event) && setDrag({ start: xOf(event), end: xOf(event) })}
      onPointerMove={(event) => drag !== null && setDrag({ ...drag, end: xOf(event) })}
      onPointerUp={() => {
        setDrag(null);
        if (isFar) onZoom(spanOf(drag, box.width, range));
        else if (drag !== null) onPick?.(spanOf(drag, box.width, range).to);
      }}
      onPointerLeave={() => setDrag(null)}
      onDoubleClick={onZoomOut}
    >
      {children}
      {isFar && (
        <div
          aria-hidden="true"
          className="pointer-events-none absolute border-x border-accent bg-accent/10"
          style={{
            left: box.left + Math.min(drag.start, drag.end),
            width: Math.abs(drag.end - drag.start),
            top: box.top,
            height: box.height,
          }}
        />
      )}
    </div>
  );
}
