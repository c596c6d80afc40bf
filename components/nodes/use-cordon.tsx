"use client";

import { type ReactNode, useState } from "react";
import { ConfirmConsequences } from "#components/ui/confirm-consequences.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { cordonConsequences, uncordonConsequences } from "./cordon-consequences.ts";
import { useServiceFacts } from "./use-service-facts.ts";

/** Takes a node out of service or puts it back; what follows from it is shown before. */
export function useCordon(node: Node): { verb: "Cordon" | "Uncordon"; open: () => void; dialog: ReactNode } {
  const [isOpen, setOpen] = useState(false);
  const facts = useServiceFacts(node, isOpen);
  const verb = node.cordoned ? "Uncordon" : "Cordon";
  const onDone = (after: Node) => {
    setOpen(false);
    notify({ title: after.cordoned ? `${after.name} cordoned` : `${after.name} uncordoned`, tone: "ok" });
  };
  const cordon = useApiMutation("POST /nodes/{nodeId}/cordon", { alsoRefresh: ["placements"], onDone });
  const uncordon = useApiMutation("POST /nodes/{nodeId}/uncordon", { alsoRefresh: ["placements"], onDone });
  const action = node.cordoned ? uncordon : cordon;
  const dialog = {
    onOpenChange: (open: boolean) => {
      if (!open) action.reset();
      setOpen(open);
    },
    title: `${verb} ${node.name}?`,
    confirmLabel: `${verb} ${node.name}`,
    pending: action.isPending,
    problem: action.problem,
    onConfirm: () => action.run({ params: { nodeId: node.id } }),
  };
  return {
    verb,
    open: () => setOpen(true),
    dialog: (
      <>
        {facts !== "reading" && facts !== "unknown" && (
          <ConfirmConsequences
            {...dialog}
            open={isOpen}
            consequences={node.cordoned ? uncordonConsequences(facts) : cordonConsequences(facts)}
          />
        )}
        <ConfirmDialog {...dialog} open={isOpen && facts === "unknown"}>
          <p>
            {node.cordoned
              ? "It gets customers' requests again."
              : "It gets no more customers' requests; its adapters stay loaded."}{" "}
            How many tenants that touches could not be read just now.
          </p>
        </ConfirmDialog>
      </>
    ),
  };
}
