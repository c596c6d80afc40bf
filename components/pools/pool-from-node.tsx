"use client";

import { Button } from "#components/ui/button.tsx";
import type { PoolProposal } from "#lib/fleet/browser/inspection-schema.ts";
import { NewPoolFields } from "./new-pool-fields.tsx";
import { proposedPool } from "./proposed-pool.ts";
import { useNewPool } from "./use-new-pool.ts";

/** A pool made from what a running node is: each field says whether the engine told it, or somebody has to. */
export function PoolFromNode({ proposal, onMade }: { proposal: PoolProposal; onMade: (poolId: string) => void }) {
  const { fields, files, element } = useNewPool(proposedPool(proposal), ({ id }) => onMade(id));
  return (
    <form ref={element} onSubmit={fields.form.submit} className="flex flex-col gap-6 border-t pt-5" noValidate>
      <NewPoolFields fields={{ ...fields, sources: proposal, autoFocus: false }} files={files} />
      <div>
        <Button variant="primary" type="submit" pending={fields.form.isSending}>
          Add pool
        </Button>
      </div>
    </form>
  );
}
