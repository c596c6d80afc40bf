"use client";

import { lazy, Suspense } from "react";
import { useApi } from "#components/ui/use-api.ts";

const REFRESH_MS = 5_000;

/** Every page carries the banner, and hardly any shows it: what it is made of comes when it is needed. */
const ControlNotice = lazy(() => import("./control-notice.tsx").then((module) => ({ default: module.ControlNotice })));

/** Above every page while all cutovers and evals are frozen: who, why, until when, and the way out. */
export function FreezeBanner() {
  const { data } = useApi("GET /freeze", {}, { refreshMs: REFRESH_MS });
  if (!data?.freeze) return null;
  return (
    <div role="status">
      <Suspense fallback={null}>
        <ControlNotice control={data.freeze} title="All cutovers and evals are frozen" revertLabel="Lift freeze" />
      </Suspense>
    </div>
  );
}
