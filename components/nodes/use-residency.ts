"use client";

import { useApi } from "#components/ui/use-api.ts";

/** As often as the worker reads a node's metrics. */
export const SCRAPE_MS = 10_000;

/** Where the adapters of a node lie; its tabs share the answer. */
export const useResidency = (nodeId: string) =>
  useApi("GET /nodes/{nodeId}/residency", { params: { nodeId } }, { refreshMs: SCRAPE_MS });
