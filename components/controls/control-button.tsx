"use client";

import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import type { ControlKind } from "#lib/fleet/browser/control-kinds.ts";
import { actionLabel, type ControlObject } from "./control-words.ts";

const ControlDialog = lazy(() => import("./control-dialog.tsx").then((module) => ({ default: module.ControlDialog })));

/** One control on one object; it opens with what would follow from it. */
export function ControlButton({ kind, object }: { kind: ControlKind; object: ControlObject }) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("fleet.operate");
  return (
    <>
      <Button disabledReason={denied} onClick={() => setOpen(true)}>
        {actionLabel(kind, object)}…
      </Button>
      <OnceOpened open={isOpen}>
        <ControlDialog kind={kind} object={object} open={isOpen} onOpenChange={setOpen} />
      </OnceOpened>
    </>
  );
}
