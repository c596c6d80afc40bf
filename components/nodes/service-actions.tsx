"use client";

import { lazy, type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { MenuItem } from "#components/ui/menu.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import type { Node } from "#lib/fleet/schema.ts";
import { useCordon } from "./use-cordon.tsx";

const DrainDialog = lazy(() => import("./drain-dialog.tsx").then((module) => ({ default: module.DrainDialog })));

/**
 * What takes a node out of service and puts it back: draining is the page's action, cordoning without a wait is in the
 * menu, and a node that is out of service has one button, to bring it back.
 */
export function useServiceActions(node: Node): { primary: ReactNode; items: MenuItem[]; dialogs: ReactNode } {
  const [isDraining, setDraining] = useState(false);
  const denied = useDenied("fleet.operate");
  const cordon = useCordon(node);
  const drain = { label: `Drain ${node.name}`, open: () => setDraining(true) };
  return {
    primary: node.cordoned ? (
      <Button variant="primary" disabledReason={denied} onClick={cordon.open}>
        Uncordon {node.name}
      </Button>
    ) : (
      <Button disabledReason={denied} onClick={drain.open}>
        {drain.label}
      </Button>
    ),
    items: node.cordoned
      ? [{ kind: "action", label: drain.label, disabledReason: denied, onSelect: drain.open }]
      : [{ kind: "action", label: `Cordon ${node.name}`, disabledReason: denied, onSelect: cordon.open }],
    dialogs: (
      <>
        {cordon.dialog}
        <OnceOpened open={isDraining}>
          <DrainDialog node={node} open={isDraining} onClose={() => setDraining(false)} />
        </OnceOpened>
      </>
    ),
  };
}
