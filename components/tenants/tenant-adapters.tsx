"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { Adapter } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Input, Select } from "../ui/input.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";
import { useApi, useApiList, useApiMutation } from "../ui/use-api.ts";
import { proposeSlug } from "./add-tenant-dialog.tsx";

const COLUMNS: readonly Column<Adapter>[] = [
  { id: "slug", header: "Adapter", cell: (row) => <code className="font-mono text-xs">{row.slug}</code> },
  { id: "name", header: "Name", cell: (row) => row.name, hideBelow: "sm" },
  { id: "default", header: "Default", cell: (row) => (row.isDefault ? "Yes" : "No"), hideBelow: "sm" },
  {
    id: "live",
    header: "Live",
    cell: (row) => (row.route.liveVersionNumber ? `v${row.route.liveVersionNumber}` : "–"),
  },
  { id: "versions", header: "Versions", align: "end", cell: (row) => row.versionCount },
  { id: "created", header: "Added", cell: (row) => <Time at={row.createdAt} />, hideBelow: "md" },
];

/** The adapters of one tenant. */
export function TenantAdapters({ tenantId }: { tenantId: string }) {
  const [isAdding, setAdding] = useState(false);
  const denied = useDenied("tenant.write");
  const list = useApiList("GET /adapters", { query: { tenantId } });
  const add = (
    <Button disabledReason={denied} onClick={() => setAdding(true)}>
      Add adapter
    </Button>
  );
  return (
    <div className="flex flex-col gap-3">
      <div className="flex justify-end">{add}</div>
      <DataTable
        label="Adapters"
        columns={COLUMNS}
        rows={list.items}
        rowKey={(row) => row.id}
        rowHref={(row) => `/adapters/${row.id}`}
        problem={list.problem}
        onRetry={list.retry}
        hasMore={list.hasMore}
        onLoadMore={list.loadMore}
        loadingMore={list.isLoadingMore}
        empty={
          <EmptyState title="No adapter yet">
            An adapter is a lineage of versions for one base model; its slug is the model name that callers send.
          </EmptyState>
        }
      />
      <AddAdapterDialog tenantId={tenantId} open={isAdding} onOpenChange={setAdding} />
    </div>
  );
}

function AddAdapterDialog({
  tenantId,
  open,
  onOpenChange,
}: {
  tenantId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const [poolId, setPoolId] = useState("");
  const pools = useApi("GET /pools", { query: { limit: 200 } }, { enabled: open });
  const only = pools.data?.items.length === 1 ? pools.data.items[0]?.id : undefined;
  const create = useApiMutation("POST /tenants/{tenantId}/adapters", {
    alsoRefresh: ["adapters"],
    onDone: (adapter) => {
      onOpenChange(false);
      router.push(`/adapters/${adapter.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.run({
      params: { tenantId },
      body: { name, slug: slug ?? proposeSlug(name), poolId: poolId || (only ?? "") },
    });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add adapter"
      description="Its versions must be trained for the pool's base model, at the pool's rank."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" type="submit" form="add-adapter" pending={create.isPending}>
            Add adapter
          </Button>
        </>
      }
    >
      <form id="add-adapter" onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Field label="Name" error={fieldError(create.problem, "name")}>
          {(control) => (
            <Input
              {...control}
              autoFocus
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Slug" hint="The model name that callers send." error={fieldError(create.problem, "slug")}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
              value={slug ?? proposeSlug(name)}
              onChange={(event) => setSlug(event.target.value)}
            />
          )}
        </Field>
        <Field label="Pool" error={fieldError(create.problem, "poolId")}>
          {(control) => (
            <Select
              {...control}
              value={poolId || (only ?? "")}
              onChange={(event) => setPoolId(event.target.value)}
              {...(only ? {} : { placeholder: "Choose a pool" })}
              options={(pools.data?.items ?? []).map((pool) => ({
                value: pool.id,
                label: `${pool.name} · ${pool.baseModel} · rank ${pool.maxLoraRank}`,
              }))}
            />
          )}
        </Field>
        {create.problem && create.problem.errors.length === 0 && <ErrorState problem={create.problem} size="inline" />}
      </form>
    </Dialog>
  );
}
