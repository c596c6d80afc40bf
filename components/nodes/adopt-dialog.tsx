"use client";

import { useRouter } from "next/navigation";
import { Notice } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormSelect } from "#components/ui/form/form-fields.tsx";
import { type ApiForm, useApiForm } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { UnmanagedAdapter } from "#lib/fleet/browser/inspection-schema.ts";
import type { Node } from "#lib/fleet/schema.ts";
import { useMorePages } from "./use-more-pages.ts";

type DialogProps = { node: Node; unmanaged: UnmanagedAdapter; onClose: () => void };
type Values = { adapterId: string | null };

/** Takes a name that runs on a node over as the next version of an adapter of its pool. */
export function AdoptDialog({ node, unmanaged, onClose }: DialogProps) {
  const router = useRouter();
  const { loraName } = unmanaged;
  const adopt = useApiMutation("POST /nodes/{nodeId}/adopt", {
    alsoRefresh: ["versions", "adapters", "placements"],
    onDone: ({ version, held, message }) => {
      notify({ title: `Adopted as v${version.number}`, detail: message, tone: held ? "ok" : "warn" });
      onClose();
      router.push(`/adapters/${version.adapterId}/versions/${version.id}`);
    },
  });
  const form = useApiForm<Values>({
    start: { adapterId: null },
    callOf: ({ adapterId }) => ({
      schema: async () => (await import("#lib/fleet/browser/inspection-schema.ts")).AdoptUnmanagedAdapter,
      body: { loraName, adapterId },
      send: () => adopt.runAsync({ params: { nodeId: node.id }, body: { loraName, adapterId: adapterId ?? "" } }),
    }),
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title={`Adopt ${loraName}`}
      description="Its files are copied and checked like any upload. The name on the node does not change."
      submitLabel="Adopt as version"
    >
      <FailureNotice unmanaged={unmanaged} />
      <AdapterField node={node} form={form} />
    </EditDialog>
  );
}

function FailureNotice({ unmanaged }: { unmanaged: UnmanagedAdapter }) {
  const failing = unmanaged.failures?.length ?? 0;
  if (failing === 0) return null;
  return (
    <Notice tone="warn">
      It would fail {failing === 1 ? "1 check" : `${failing} checks`}: the version is kept with its report, but not
      loaded.
    </Notice>
  );
}

function AdapterField({ node, form }: { node: Node; form: ApiForm<Values> }) {
  const adapters = useApiList("GET /adapters", { query: { limit: 200 } });
  useMorePages(adapters, true);
  const options = (adapters.items ?? [])
    .filter(({ poolId }) => poolId === node.poolId)
    .map(({ id, tenantName, name }) => ({ value: id, label: `${tenantName} / ${name}` }));
  return (
    <>
      <FormSelect
        form={form}
        name="adapterId"
        label="Adapter"
        hint="It becomes the next version of this adapter. Only adapters of the node's pool are listed."
        placeholder="Choose an adapter"
        mend="Choose an adapter."
        options={options}
      />
      {adapters.problem && <ErrorState problem={adapters.problem} onRetry={adapters.retry} size="inline" />}
    </>
  );
}
