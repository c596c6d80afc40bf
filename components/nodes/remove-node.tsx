"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { MenuItem } from "#components/ui/menu.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";

/** The menu entry that deletes a node, and the dialog it opens. */
export function useRemoveNode(node: Node): { item: MenuItem; dialog: ReactNode } {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("fleet.write");
  const { name } = node;
  const remove = useApiMutation("DELETE /nodes/{nodeId}", {
    alsoRefresh: ["pools"],
    onDone: () => {
      notify({ title: `${name} deleted`, tone: "ok" });
      router.push("/nodes");
    },
  });
  const { desired } = node.placements;
  const wanted = desired === 1 ? "1 version is" : `${desired} versions are`;
  const first = node?.standalone ? "Wait until its evaluations finish." : "Cordon it first.";
  const canGo = desired === 0 || (node?.cordoned === true && !node.standalone);
  const inUse = canGo ? undefined : `${wanted} still placed on it. ${first}`;
  return {
    item: {
      kind: "action",
      label: `Delete ${name}`,
      tone: "danger",
      disabledReason: denied ?? inUse,
      onSelect: () => setOpen(true),
    },
    dialog: (
      <ConfirmDialog
        open={isOpen}
        onOpenChange={(open) => {
          if (!open) remove.reset();
          setOpen(open);
        }}
        title={`Delete ${name}?`}
        confirmLabel={`Delete ${name}`}
        tone="danger"
        typedName={name}
        pending={remove.isPending}
        problem={remove.problem}
        onConfirm={() => remove.run({ params: { nodeId: node.id } })}
      >
        {desired > 0 && <p>{wanted} placed on it. The pool's other nodes load the missing ones first.</p>}
        <p>
          Switchyard stops polling it and removes its page, charts and timeline. The engine keeps running. This cannot
          be undone: if you add it again, it is a new node.
        </p>
      </ConfirmDialog>
    ),
  };
}
