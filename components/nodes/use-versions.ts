"use client";

import { useMemo } from "react";
import { useApiList } from "#components/ui/use-api.ts";
import type { Version } from "#lib/registry/schema.ts";
import { useMorePages } from "./use-more-pages.ts";

const REFRESH_MS = 60_000;

/** The versions with these ids, as far as they have come: placements and events name a version by its id alone. */
export function useVersions(ids: readonly (string | null)[]): ReadonlyMap<string, Version> {
  const list = useApiList(
    "GET /versions",
    { query: { limit: 200 } },
    { enabled: ids.length > 0, refreshMs: REFRESH_MS },
  );
  const { items } = list;
  const known = useMemo(() => new Map((items ?? []).map((version) => [version.id, version])), [items]);
  useMorePages(
    list,
    ids.some((id) => id !== null && !known.has(id)),
  );
  return known;
}
