"use client";

import { lineageCall } from "../../ui/page-calls.ts";
import { useApi } from "../../ui/use-api.ts";

const REFRESH_MS = 5000;

/** The versions of one adapter, newest first, as far as the first 200 go. */
export const useLineage = (adapterId: string | undefined) =>
  useApi(...lineageCall(adapterId ?? ""), { enabled: adapterId !== undefined, refreshMs: REFRESH_MS });
