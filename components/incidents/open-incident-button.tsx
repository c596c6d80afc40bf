"use client";

import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import type { IncidentValues } from "./incident-fields.tsx";

const OpenIncidentDialog = lazy(() =>
  import("./open-incident-dialog.tsx").then((module) => ({ default: module.OpenIncidentDialog })),
);

/** An alert as the beginning of an incident. */
export type FromAlert = { alertId: string; draft: Omit<IncidentValues, "endedAt" | "asDraft"> };

/** Opens an incident: with nothing given, or with what an alert says. */
export function OpenIncidentButton({
  variant = "secondary",
  from = null,
}: {
  variant?: "primary" | "secondary";
  from?: FromAlert | null;
}) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("fleet.operate");
  return (
    <>
      <Button variant={variant} className="max-sm:h-11" disabledReason={denied} onClick={() => setOpen(true)}>
        Open incident
      </Button>
      <OnceOpened open={isOpen}>
        <OpenIncidentDialog from={from} open={isOpen} onOpenChange={setOpen} />
      </OnceOpened>
    </>
  );
}
