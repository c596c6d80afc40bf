"use client";

import { Select } from "#components/ui/input.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { REFRESHES } from "./range.ts";
import { RangePicker } from "./range-picker.tsx";
import type { RangeView } from "./use-range.ts";

const ZONES = [
  { key: "local", label: "Local" },
  { key: "utc", label: "UTC" },
] as const;

/** Over what time all charts of the page look, in whose clock, how often, and beside what. */
export function ViewBar({ view }: { view: RangeView }) {
  const { preferences, setPreferences } = useReader();
  return (
    <>
      <RangePicker view={view} />
      <Segments
        label="Times shown in"
        options={ZONES}
        value={preferences.zone}
        onChange={(zone) => setPreferences({ zone })}
      />
      <Switch
        label="Compare with the previous period"
        checked={view.isCompared}
        onChange={(event) => view.setCompared(event.target.checked)}
      />
      {view.fixed === null && (
        <Select
          aria-label="Refresh"
          value={view.every}
          options={REFRESHES.map(({ key, label }) => ({ value: key, label: `Refresh: ${label.toLowerCase()}` }))}
          onChange={(event) => {
            const chosen = REFRESHES.find(({ key }) => key === event.target.value);
            if (chosen) view.setEvery(chosen.key);
          }}
          className="w-38"
        />
      )}
    </>
  );
}
