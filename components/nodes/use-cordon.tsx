"use client";

import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ConsequenceView } from "#components/ui/consequence-view.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { useConsequences } from "#components/ui/use-consequences.ts";
import type { Node } from "#lib/fleet/schema.ts";

/** Takes a node out of service until somebody puts it back, or puts it back; what follows is shown before. */
export function useCordon(node: Node): { verb: "Cordon" | "Uncordon"; open: () => void; dialog: ReactNode } {
  const [isOpen, setOpen] = useState(false);
  const consequences = useConsequences({ action: node.cordoned ? "uncordon" : "cordon", nodeId: node.id }, isOpen);
  const verb = node.cordoned ? "Uncordon" : "Cordon";
  const onDone = (after: Node) => {
    setOpen(false);
    notify({ title: after.cordoned ? `${after.name} cordoned` : `${after.name} uncordoned`, tone: "ok" });
  };
  const touched = ["placements", "controls"];
  const cordon = useApiMutation("POST /nodes/{nodeId}/cordon", { alsoRefresh: touched, onDone });
  const uncordon = useApiMutation("POST /nodes/{nodeId}/uncordon", { alsoRefresh: touched, onDone });
  const action = node.cordoned ? uncordon : cordon;
  return {
    verb,
    open: () => setOpen(true),
    dialog: (
      <ConfirmDialog
        open={isOpen}
        onOpenChange={(open) => {
          if (!open) action.reset();
          setOpen(open);
        }}
        title={`${verb} ${node.name}?`}
        confirmLabel={`${verb} ${node.name}`}
        pending={action.isPending}
        problem={action.problem}
        onConfirm={() => action.run({ params: { nodeId: node.id } })}
      >
        <ConsequenceView {...consequences} />
      </ConfirmDialog>
    ),
  };
}
