"use client";

import { useApi } from "#components/ui/use-api.ts";
import { ControlNotice } from "./control-notice.tsx";

const REFRESH_MS = 5_000;

/** Above every page while all cutovers and evals are frozen: who, why, until when, and the way out. */
export function FreezeBanner() {
  const { data } = useApi("GET /freeze", {}, { refreshMs: REFRESH_MS });
  if (!data?.freeze) return null;
  return (
    <div role="status">
      <ControlNotice control={data.freeze} title="All cutovers and evals are frozen" revertLabel="Lift freeze" />
    </div>
  );
}
