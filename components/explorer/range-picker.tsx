"use client";

import { lazy, Suspense, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { useZone } from "#components/ui/time.tsx";
import { useHydrated, useNow } from "#components/ui/use-now.ts";
import { Segments } from "../ui/segments.tsx";
import { QUICK_RANGES } from "./range.ts";
import type { RangeView } from "./use-range.ts";

const TypedRangeDialog = lazy(() =>
  import("#components/ui/typed-range-dialog.tsx").then((module) => ({ default: module.TypedRangeDialog })),
);

/** Charts look back no longer at once. */
const LONGEST_DAYS = 31;

/** How far back the charts look: up to now, or between two moments, dragged or typed. */
export function RangePicker({ view }: { view: RangeView }) {
  const [isTyping, setTyping] = useState(false);
  const zone = useZone();
  const now = useNow(60_000);
  const isHydrated = useHydrated();
  const { fixed } = view;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segments
        label="Range up to now"
        options={QUICK_RANGES}
        value={fixed === null ? view.quick : null}
        onChange={view.setQuick}
      />
      <Button onClick={() => setTyping(true)}>
        {fixed === null || !isHydrated
          ? "Custom range"
          : `${formatAbsolute(fixed.from.getTime(), now, zone)} to ${formatAbsolute(fixed.to.getTime(), now, zone)}`}
      </Button>
      {fixed !== null && (
        <Button variant="ghost" onClick={view.zoomOut}>
          Zoom out
        </Button>
      )}
      {isTyping && (
        <Suspense fallback={null}>
          <TypedRangeDialog
            longestDays={LONGEST_DAYS}
            fixed={fixed}
            onClose={() => setTyping(false)}
            onRange={(range) => {
              view.setFixed(range);
              setTyping(false);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
