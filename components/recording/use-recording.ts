"use client";

import { useApi } from "../ui/use-api.ts";

const OPEN_MS = 5_000;
const RESTING_MS = 30_000;

/** How the recording of one adapter stands; undefined until it is known of this one. */
export function useRecording(adapterId: string) {
  const read = useApi(
    "GET /adapters/{adapterId}/recording",
    { params: { adapterId } },
    { refreshMs: (state) => (state?.recording?.endedAt === null ? OPEN_MS : RESTING_MS) },
  );
  return { ...read, state: read.data?.adapterId === adapterId ? read.data : undefined };
}
