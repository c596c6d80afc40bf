"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmConsequences } from "#components/ui/confirm-consequences.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { cordonConsequences, uncordonConsequences } from "./cordon-consequences.ts";
import { tenantsServed } from "./node-facts.ts";
import { useMorePages } from "./use-more-pages.ts";

/** Takes a node out of service or puts it back; what follows from it is shown before. */
export function CordonButton({ node }: { node: Node }) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("fleet.operate");
  const facts = useFacts(node, isOpen);
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
  return (
    <>
      <Button
        variant={node.cordoned ? "primary" : "secondary"}
        disabledReason={denied}
        pending={isOpen && facts === "reading"}
        onClick={() => setOpen(true)}
      >
        {verb} {node.name}
      </Button>
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
  );
}

/** What the consequences are told from. They are read when asked for; a failure to read must not block the action. */
function useFacts(node: Node, isOpen: boolean) {
  const placements = useApiList("GET /placements", { query: { nodeId: node.id, limit: 200 } }, { enabled: isOpen });
  const pool = useApiList("GET /nodes", { query: { poolId: node.poolId, limit: 200 } }, { enabled: isOpen });
  useMorePages(placements, isOpen);
  useMorePages(pool, isOpen);
  if (placements.problem !== null || pool.problem !== null) return "unknown";
  if (!placements.items || !pool.items || placements.hasMore || pool.hasMore) return "reading";
  return { node, poolNodes: pool.items, tenantCount: tenantsServed(placements.items) };
}
