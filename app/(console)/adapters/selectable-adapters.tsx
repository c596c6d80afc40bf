"use client";

import { AdapterList } from "#components/adapters/list/adapter-list.tsx";
import { BulkActions } from "#components/bulk/bulk-actions.tsx";

/** The list of adapters with what can be done to many of them at once. */
export function SelectableAdapters() {
  return (
    <AdapterList
      bulk={({ filter, selection }) => (
        <BulkActions
          choice={selection.isAll ? { filter } : { adapterIds: [...selection.keys] }}
          onStarted={selection.clear}
        />
      )}
    />
  );
}
