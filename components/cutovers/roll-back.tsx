"use client";

import { lazy, useState } from "react";
import type { Cutover } from "#lib/cutover/schema.ts";
import { Button } from "../ui/button.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { tenantAdaptersCall, tenantCutoversCall } from "../ui/page-calls.ts";
import { useDenied } from "../ui/reader.tsx";
import { Pending } from "../ui/skeleton.tsx";
import { useApi } from "../ui/use-api.ts";
import { rollBackRefusal } from "./way-back.ts";

const RollBackDialog = lazy(() =>
  import("./roll-back-dialog.tsx").then((module) => ({ default: module.RollBackDialog })),
);

/** One pointer change, or the end of a share: it needs no worker, and is undone by another cutover. */
export function RollBack({ cutover, label = "Roll back" }: { cutover: Cutover; label?: string }) {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied("cutover.rollback");
  return (
    <>
      <Button disabledReason={denied ?? rollBackRefusal(cutover)} onClick={() => setAsking(true)}>
        {label}
      </Button>
      <OnceOpened open={isAsking}>
        {isAsking && <RollBackDialog cutover={cutover} onClose={() => setAsking(false)} />}
      </OnceOpened>
    </>
  );
}

const REFRESH_MS = 5000;

/** "Roll back" of each adapter that has something live; disabled with the reason while there is nothing to go back to. */
export function RollBackTenant({ tenantId }: { tenantId: string }) {
  const adapters = useApi(...tenantAdaptersCall(tenantId), { refreshMs: REFRESH_MS });
  const cutovers = useApi(...tenantCutoversCall(tenantId), { refreshMs: REFRESH_MS });
  // on a phone a button that came later would wrap the header, and move all below it
  if (adapters.isPending || cutovers.isPending) return <Pending />;
  const latest = (adapters.data?.items ?? []).flatMap((adapter) => {
    const own = (cutovers.data?.items ?? []).filter(({ adapterId }) => adapterId === adapter.id);
    return (
      own.find(({ canRollBack }) => canRollBack) ??
      own.find(({ toVersionId }) => toVersionId === adapter.route.liveVersionId) ??
      []
    );
  });
  return latest.map((cutover) => (
    <RollBack
      key={cutover.adapterId}
      cutover={cutover}
      {...(latest.length > 1 ? { label: `Roll back ${cutover.adapterSlug}` } : {})}
    />
  ));
}
