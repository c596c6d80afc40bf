"use client";

import { useState } from "react";
import type { AdapterPlacement } from "#lib/fleet/schema.ts";
import { ErrorState } from "../ui/error-state.tsx";
import { EditDialog } from "../ui/form/edit-dialog.tsx";
import { OPTIONAL_NUMBER } from "../ui/form/field-text.ts";
import { FormText } from "../ui/form/form-fields.tsx";
import { type ApiForm, useApiForm } from "../ui/form/use-api-form.ts";
import { useFormField } from "../ui/form/use-form-field.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { notify } from "../ui/toast.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";

type Values = Pick<AdapterPlacement, "replicas"> & { pinnedNodeIds: string[] };

/** How many nodes an adapter needs, and which of them are pinned. */
export function PlacementDialog({ placement, onClose }: { placement: AdapterPlacement; onClose: () => void }) {
  // fixed while the dialog is open: whoever saves in between is not overwritten
  const [{ adapterId, generation, replicas, pinnedNodeIds }] = useState(placement);
  const set = useApiMutation("PUT /adapters/{adapterId}/placement", {
    alsoRefresh: ["placements", "pools", "nodes"],
    onDone: () => {
      notify({ title: "Placement saved", tone: "ok" });
      onClose();
    },
  });
  const form = useApiForm<Values>({
    start: { replicas, pinnedNodeIds: [...pinnedNodeIds] },
    callOf: (body) => ({
      schema: async () => (await import("#lib/fleet/schema.ts")).SetPlacement,
      body,
      send: () => set.runAsync({ params: { adapterId }, generation, body }),
    }),
  });
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title="Change placement"
      description="The adapter loads on its new nodes first. The other nodes unload it after the new loads are verified."
      submitLabel="Save placement"
      disabledReason={form.isDirty ? undefined : "No changes to save."}
    >
      <FormText
        form={form}
        name="replicas"
        as={OPTIONAL_NUMBER}
        label="Nodes"
        hint="Leave empty to use the pool default."
        optional
        inputMode="numeric"
        placeholder="Pool default"
      />
      <PinFields poolId={placement.poolId} form={form} />
    </EditDialog>
  );
}

function PinFields({ poolId, form }: { poolId: string; form: ApiForm<Values> }) {
  const { value: pins, onChange, error } = useFormField<Values, string[]>({ form, name: "pinnedNodeIds" });
  const nodes = useApi("GET /nodes", { query: { poolId, limit: 200 } });
  if (nodes.problem) return <ErrorState problem={nodes.problem} onRetry={nodes.retry} size="inline" />;
  if (!nodes.data) return <Skeleton className="h-16 w-full" />;
  const serving = nodes.data.items.filter(({ standalone }) => !standalone);
  return (
    <>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm font-medium">Pinned to</legend>
        {serving.map((node) => (
          <Checkbox
            key={node.id}
            label={node.name}
            checked={pins.includes(node.id)}
            onChange={(event) =>
              onChange(event.target.checked ? [...pins, node.id] : pins.filter((pin) => pin !== node.id))
            }
          />
        ))}
        <p className="text-xs text-fg-3">Always placed on pinned nodes; the plan chooses the others.</p>
      </fieldset>
      {error && <p className="text-sm text-bad">{error}</p>}
    </>
  );
}
