"use client";

import { usePathname } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { RecordedCase, RecordingState } from "#lib/evals/browser/recording-schema.ts";
import { Button } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { formatCount } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";
import { promptOf } from "./recording-words.ts";
import { TakeOut } from "./take-out.tsx";

const RecordedPeek = lazy(() => import("./recorded-peek.tsx").then((module) => ({ default: module.RecordedPeek })));

const COLUMNS: readonly Column<RecordedCase>[] = [
  { id: "prompt", header: "Request", cell: promptOf, truncate: true, width: "w-full" },
  {
    id: "calls",
    header: "Called",
    hideBelow: "md",
    cell: ({ expected }) => {
      const calls = expected.calls.map((call) => call.name).join(", ") || "no call";
      return (
        <code title={calls} className="block max-w-64 truncate font-mono text-xs">
          {calls}
        </code>
      );
    },
  },
  { id: "asked", header: "Asked", hideBelow: "sm", cell: (row) => <Time at={row.askedAt} /> },
  { id: "until", header: "Expires", hideBelow: "lg", cell: (row) => <Time at={row.deleteAt} /> },
  { id: "out", header: "", align: "end", cell: (row) => <TakeOut recorded={row} size="sm" /> },
];

/** The requests that are kept, newest first, each opened beside the list; what comes meanwhile waits until it is asked for. */
export function RecordedList({ state, adapterSlug }: { state: RecordingState; adapterSlug: string }) {
  const pathname = usePathname();
  const [peek, setPeek] = useQueryState("peek", parseAsString.withDefault(""));
  const { adapterId, cases } = state;
  const list = useApiList("GET /adapters/{adapterId}/recorded", { params: { adapterId }, query: { limit: 25 } });
  const isOpen = state.recording?.endedAt === null;
  const close = () => void setPeek(null);
  return (
    <section className="flex flex-col gap-2" aria-labelledby="kept-requests">
      <div className="flex min-h-8 flex-wrap items-center gap-3">
        <h2 id="kept-requests" className="text-lg font-semibold">
          Recorded requests
        </h2>
        <ShowNew cases={cases} readAt={list.readAt} isEmpty={list.items?.length === 0} onShow={list.retry} />
      </div>
      <DataTable
        label="Recorded requests"
        columns={COLUMNS}
        {...list.table}
        total={cases}
        expectedRows={3}
        rowKey={(row) => row.id}
        rowHref={(row) => `${pathname}?${new URLSearchParams({ adapter: adapterSlug, peek: row.id })}`}
        selectedKey={peek || null}
        empty={
          <EmptyState title="No requests recorded">
            {isOpen ? "Requests that offer a tool and are answered by the live version appear here." : undefined}
          </EmptyState>
        }
      />
      <PeekSheet id={peek} items={list.items} onClose={close} />
    </section>
  );
}

/** How many came since the list was read. An empty list reads them at once: there is nothing they could push away. */
function ShowNew({
  cases,
  readAt,
  isEmpty,
  onShow,
}: {
  cases: number;
  readAt: string | null;
  isEmpty: boolean;
  onShow: () => void;
}) {
  const { locale } = useReader();
  const [seen, setSeen] = useState({ readAt, cases });
  if (seen.readAt !== readAt || cases < seen.cases) setSeen({ readAt, cases });
  const isBehind = isEmpty && cases > 0;
  const shownFor = useRef<number | null>(null);
  useEffect(() => {
    // once for each count that was read, not for each render
    if (!isBehind || shownFor.current === cases) return;
    shownFor.current = cases;
    onShow();
  }, [isBehind, cases, onShow]);
  const fresh = cases - seen.cases;
  if (fresh <= 0 || isBehind) return null;
  return (
    <Button size="sm" onClick={onShow}>
      Show {formatCount(fresh, locale)} new
    </Button>
  );
}

function PeekSheet({
  id,
  items,
  onClose,
}: {
  id: string;
  items: readonly RecordedCase[] | undefined;
  onClose: () => void;
}) {
  const shown = items?.find((item) => item.id === id);
  const lastShown = useRef("");
  if (shown) lastShown.current = id;
  // what is just being taken out closes by itself
  const isMissing = items !== undefined && id !== "" && !shown && lastShown.current !== id;
  return (
    <Sheet
      open={id !== ""}
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      title="Recorded request"
      description="As stored: recognised data is replaced."
    >
      <Suspense fallback={null}>{shown && <RecordedPeek recorded={shown} onGone={onClose} />}</Suspense>
      {isMissing && (
        <p className="text-md text-fg-2">
          This request is not in the loaded list. It was removed, deleted or is further down.
        </p>
      )}
    </Sheet>
  );
}
