"use client";

import { useQueryClient } from "@tanstack/react-query";
import { resourceKey } from "#components/ui/query-key.ts";
import { api, type CallInput } from "#lib/api/client.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { ImportRow } from "#lib/registry/browser/import-schema.ts";
import { problemOf, useSingleFlight } from "../../ui/use-api.ts";

type RowEdit = CallInput<"PATCH /imports/{importId}/rows/{rowId}">["body"];
export type EditRow = (row: ImportRow, change: RowEdit) => Promise<Problem | null>;

/** Changes a row as it was read; what others changed meanwhile is not written over. */
export function useEditRow(importId: string): EditRow {
  const client = useQueryClient();
  const edit = useSingleFlight(async ({ row, body }: { row: ImportRow; body: RowEdit }): Promise<Problem | null> => {
    try {
      await api.call("PATCH /imports/{importId}/rows/{rowId}", {
        params: { importId, rowId: row.id },
        generation: row.generation,
        body,
      });
      return null;
    } catch (error) {
      return problemOf(error);
    } finally {
      await client.invalidateQueries({ queryKey: resourceKey("imports") });
    }
  });
  return (row, body) => edit({ row, body });
}
