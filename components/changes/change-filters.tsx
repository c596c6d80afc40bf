"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { Select } from "#components/ui/input.tsx";
import { type ChosenScope, ScopeSelects } from "#components/ui/scope-selects.tsx";
import { Time, useZone } from "#components/ui/time.tsx";
import { TypedRangeDialog } from "#components/ui/typed-range-dialog.tsx";
import { useHydrated, useNow } from "#components/ui/use-now.ts";
import { GROUP_OPTIONS, GROUPS } from "./change-words.ts";

/** What the page is narrowed to; null = not. */
export type ChangesView = {
  group: (typeof GROUPS)[number] | null;
  pool: string | null;
  node: string | null;
  tenant: string | null;
  from: Date | null;
  to: Date | null;
};

type FiltersProps = {
  view: ChangesView;
  onChange: (change: Partial<ChangesView>) => void;
  /** null = nothing is narrowed. */
  onClear: (() => void) | null;
};

/** Kind, place, customer and time, as the API takes them; what is set can be taken back at once. */
export function ChangeFilters({ view, onChange, onClear }: FiltersProps) {
  return (
    <search aria-label="Changes" className="flex flex-wrap items-center gap-2">
      <Select
        aria-label="Kind"
        value={view.group ?? ""}
        onChange={(event) => onChange({ group: GROUPS.find((group) => group === event.target.value) ?? null })}
        placeholder="Everything"
        options={GROUP_OPTIONS}
        className="w-52 max-sm:w-full"
      />
      <ScopeSelects
        scope={{ pool: view.pool ?? "", node: view.node ?? "", tenant: view.tenant ?? "" }}
        onChange={(change) => onChange(withoutClash(change))}
      />
      <WhenFilter view={view} onChange={onChange} />
      {onClear && (
        <Button size="sm" variant="ghost" onClick={onClear}>
          Show all
        </Button>
      )}
    </search>
  );
}

/** A node of another pool would leave nothing. */
const withoutClash = ({ pool, node, tenant }: Partial<ChosenScope>): Partial<ChangesView> => ({
  ...(pool === undefined ? {} : { pool: pool || null, node: null }),
  ...(node === undefined ? {} : { node: node || null }),
  ...(tenant === undefined ? {} : { tenant: tenant || null }),
});

/** From when to when; a chart's link comes with an end only. */
function WhenFilter({ view: { from, to }, onChange }: Pick<FiltersProps, "view" | "onChange">) {
  const [isTyping, setTyping] = useState(false);
  const zone = useZone();
  const now = useNow(60_000);
  const isHydrated = useHydrated();
  const words = (at: Date) => formatAbsolute(at.getTime(), now, zone);
  const fixed = from && to ? { from, to } : null;
  return (
    <>
      <Button onClick={() => setTyping(true)}>
        {fixed === null || !isHydrated ? "Custom range" : `${words(fixed.from)} to ${words(fixed.to)}`}
      </Button>
      {to !== null && from === null && (
        <span className="text-sm text-fg-2">
          Before <Time at={to.toISOString()} as="absolute" />
        </span>
      )}
      {isTyping && (
        <TypedRangeDialog
          fixed={fixed ?? (to && { from: new Date(to.getTime() - 3_600_000), to })}
          onClose={() => setTyping(false)}
          onRange={(range) => {
            onChange(range);
            setTyping(false);
          }}
        />
      )}
    </>
  );
}
