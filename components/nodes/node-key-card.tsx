"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { CopyBlock } from "#components/ui/copy.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";

/** The key a node fetches adapters with, in pools whose nodes fetch them; nothing in the others. */
export function NodeKeyCard({ node }: { node: Node }) {
  const pool = useApi("GET /pools/{poolId}", { params: { poolId: node.poolId } }).data;
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("fleet.write");
  const [key, setKey] = useState<string | null>(null);
  const make = useApiMutation("POST /nodes/{nodeId}/key", {
    onDone: (made) => {
      setKey(made.key);
      setOpen(false);
    },
  });
  if (pool?.delivery !== "fetch") return null;
  return (
    <Card title="Node key">
      <div className="flex flex-col items-start gap-3">
        <p className="text-md text-fg-2">
          {node.name} fetches adapters by digest with its own key. The key gives access only to adapters placed on this
          node.
        </p>
        {key !== null && (
          <div className="flex w-full min-w-0 flex-col gap-2">
            <Notice tone="warn">Copy it now: it is not shown again.</Notice>
            <CopyBlock text={key} label="Copy the node key" />
          </div>
        )}
        <Button disabledReason={denied} onClick={() => setOpen(true)}>
          Create node key
        </Button>
      </div>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={(open) => {
          if (!open) make.reset();
          setOpen(open);
        }}
        title={`Create a new key for ${node.name}?`}
        confirmLabel="Create node key"
        pending={make.isPending}
        problem={make.problem}
        onConfirm={() => make.run({ params: { nodeId: node.id } })}
      >
        <p>
          The node's earlier key stops working immediately. Until you set the new key, the node fetches nothing. Loaded
          adapters stay loaded.
        </p>
      </ConfirmDialog>
    </Card>
  );
}
