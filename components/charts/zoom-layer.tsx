"use client";

import type { PointerEvent, ReactNode } from "react";
import { useEffect, useState } from "react";
import type { PlotBox } from "./plot-geometry.ts";

const MIN_DRAG_PX = 8;

type Range = { from: number; to: number };

/**
 * Drag to zoom, double-click to go back, Esc to let go. It only reports: the range lives in the URL, and the page's
 * range picker is the way without a drag (WCAG 2.5.7).
 */
export function ZoomLayer({
  box,
  range,
  onZoom,
  onZoomOut,
  children,
}: {
  box: PlotBox;
  range: Range;
  onZoom: ((range: Range) => void) | undefined;
  onZoomOut: (() => void) | undefined;
  children: ReactNode;
}) {
  const [drag, setDrag] = useState<{ start: number; end: number } | null>(null);
  const isDragging = drag !== null;
  useEffect(() => {
    if (!isDragging) return;
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && setDrag(null);
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isDragging]);
  if (onZoom === undefined) return <div className="relative">{children}</div>;

  const xOf = (event: PointerEvent<HTMLElement>): number => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - box.left;
    return Math.max(0, Math.min(box.width, x));
  };
  const finish = (end: number) => {
    if (drag === null) return;
    setDrag(null);
    const [left, right] = [Math.min(drag.start, end), Math.max(drag.start, end)];
    if (right - left < MIN_DRAG_PX) return;
    const timeOf = (x: number): number => Math.round(range.from + (x / box.width) * (range.to - range.from));
    onZoom({ from: timeOf(left), to: timeOf(right) });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer shortcut; the range picker does the same by keyboard.
    <div
      className="relative touch-pan-y select-none"
      onPointerDown={(event) => {
        if (event.button !== 0 || event.pointerType === "touch" || event.target instanceof HTMLButtonElement) return;
        const x = xOf(event);
        setDrag({ start: x, end: x });
      }}
      onPointerMove={(event) => drag !== null && setDrag({ ...drag, end: xOf(event) })}
      onPointerUp={(event) => finish(xOf(event))}
      onPointerLeave={() => setDrag(null)}
      onDoubleClick={onZoomOut}
    >
      {children}
      {drag !== null && Math.abs(drag.end - drag.start) >= MIN_DRAG_PX && (
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
