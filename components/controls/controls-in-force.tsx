"use client";

import { ErrorState } from "#components/ui/error-state.tsx";
import { controlsCall } from "#components/ui/page-calls.ts";
import { Pending } from "#components/ui/skeleton.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import { ControlNotice } from "./control-notice.tsx";

const REFRESH_MS = 5_000;

/** What is set by hand now, on one object or on all of them; nothing when nothing is. */
export function ControlsInForce(scope: { tenantId?: string; nodeId?: string }) {
  const list = useApiList(...controlsCall(scope), { refreshMs: REFRESH_MS });
  if (list.isPending) return <Pending />;
  // the freeze stands above every page already
  const controls = (list.items ?? []).filter(({ kind }) => kind !== "freeze");
  if (controls.length === 0 && !list.problem) return null;
  return (
    <section aria-label="Manual overrides" className="flex flex-col gap-2">
      {list.problem && <ErrorState problem={list.problem} onRetry={list.retry} size="inline" />}
      {controls.map((control) => (
        <ControlNotice key={control.id} control={control} />
      ))}
    </section>
  );
}
