"use client";

import { lazy, useState } from "react";
import type { ApiKey } from "#lib/identity/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList, useApiMutation } from "../ui/use-api.ts";

const CreateKeyDialog = lazy(() =>
  import("./create-key-dialog.tsx").then((module) => ({ default: module.CreateKeyDialog })),
);

/** The API keys of one tenant: what its applications call the gateway with. */
export function TenantKeys({ tenantId }: { tenantId: string }) {
  const [isCreating, setCreating] = useState(false);
  const [ending, setEnding] = useState<ApiKey | null>(null);
  const denied = useDenied("key.manage");
  const list = useApiList("GET /tenants/{tenantId}/keys", { params: { tenantId } });
  const columns = keyColumns(denied, setEnding);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex justify-end">
        <Button variant="primary" disabledReason={denied} onClick={() => setCreating(true)}>
          Create key
        </Button>
      </div>
      <DataTable
        label="API keys"
        columns={columns}
        {...list.table}
        rowKey={(row) => row.id}
        empty={<EmptyState title="No keys yet">A key lets an application call the model; it is shown once.</EmptyState>}
      />
      <OnceOpened open={isCreating}>
        {isCreating && <CreateKeyDialog tenantId={tenantId} onClose={() => setCreating(false)} />}
      </OnceOpened>
      <RevokeDialog apiKey={ending} onClose={() => setEnding(null)} />
    </div>
  );
}

const SCOPE_WORDS: Record<string, string> = {
  inference: "Call the model",
  "tenant:read": "Read",
  "tenant:admin": "Manage",
};
const scopeWords = (scope: string): string => SCOPE_WORDS[scope] ?? scope;

const keyColumns = (denied: string | undefined, onRevoke: (key: ApiKey) => void): readonly Column<ApiKey>[] => [
  { id: "name", header: "Key", cell: (row) => row.name },
  {
    id: "prefix",
    header: "Prefix",
    hideBelow: "sm",
    cell: (row) => <code className="font-mono text-xs">sy_{row.prefix}…</code>,
  },
  { id: "scopes", header: "Allowed to", cell: (row) => row.scopes.map(scopeWords).join(", "), hideBelow: "md" },
  {
    id: "used",
    header: "Last used",
    cell: (row) => (row.lastUsedAt ? <Time at={row.lastUsedAt} /> : "Never"),
    hideBelow: "sm",
  },
  {
    id: "end",
    header: "",
    align: "end",
    cell: (row) =>
      row.revokedAt ? (
        <span className="text-fg-3">
          Revoked <Time at={row.revokedAt} />
        </span>
      ) : (
        <Button size="sm" className="row-action" disabledReason={denied} onClick={() => onRevoke(row)}>
          Revoke
        </Button>
      ),
  },
];

/** Asks once more: a revoked key cannot be brought back. */
function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey | null; onClose: () => void }) {
  const revoke = useApiMutation("POST /keys/{keyId}/revoke", { alsoRefresh: ["tenants"], onDone: onClose });
  return (
    <ConfirmDialog
      open={apiKey !== null}
      onOpenChange={onClose}
      title={`Revoke key ${apiKey?.name ?? ""}?`}
      confirmLabel="Revoke key"
      tone="danger"
      pending={revoke.isPending}
      problem={revoke.problem}
      onConfirm={() => apiKey && revoke.run({ params: { keyId: apiKey.id } })}
    >
      Applications that use it are refused immediately. A revoked key cannot be restored.
    </ConfirmDialog>
  );
}
