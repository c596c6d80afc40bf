"use client";

import Plus from "lucide-react/icons/plus";
import { parseAsBoolean, parseAsString, useQueryStates } from "nuqs";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { AddNodeDialog } from "./add-node-dialog.tsx";
import { NodeTable } from "./node-table.tsx";

/** All nodes, or those of one pool; `?add=true` opens the dialog, so that a pool's page can lead to it. */
export function NodeList() {
  const [{ pool, add }, setView] = useQueryStates({
    pool: parseAsString.withDefault(""),
    add: parseAsBoolean.withDefault(false),
  });
  const denied = useDenied("fleet.write");
  const pools = useApi("GET /pools", { query: { limit: 200 } }).data?.items ?? [];
  const button = (
    <Button variant="primary" icon={<Plus />} disabledReason={denied} onClick={() => void setView({ add: true })}>
      Add node
    </Button>
  );
  return (
    <>
      <PageHeader title="Nodes" primary={button} />
      <Select
        aria-label="Pool"
        value={pool}
        onChange={(event) => void setView({ pool: event.target.value || null })}
        placeholder="All pools"
        options={withChosen(
          pools.map(({ id, name }) => ({ value: id, label: name })),
          pool,
        )}
        className="max-w-80"
      />
      <NodeTable poolId={pool || undefined} action={button} />
      <AddNodeDialog
        poolId={pool}
        open={add && denied === undefined}
        onOpenChange={(open) => void setView({ add: open || null })}
      />
    </>
  );
}

/** A select always holds what the URL names, even before the list has come or when it is too long. */
const withChosen = (options: { value: string; label: string }[], chosen: string) =>
  chosen === "" || options.some(({ value }) => value === chosen)
    ? options
    : [...options, { value: chosen, label: chosen }];
