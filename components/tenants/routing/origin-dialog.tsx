"use client";

import { useState } from "react";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormEndpoint } from "#components/ui/form/policy-fields.tsx";
import { useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Adapter } from "#lib/registry/schema.ts";

/** Chooses where a customer is served today. */
export function OriginDialog({ adapter, onClose }: { adapter: Adapter; onClose: () => void }) {
  const { route } = adapter;
  // fixed while the dialog is open: whoever changes the route meanwhile is not overwritten
  const [generation] = useState(route.generation);
  const put = useApiMutation("PUT /adapters/{adapterId}/origin", {
    alsoRefresh: ["moving-in", "endpoints"],
    onDone: (after) => {
      notify({ title: after.originEndpointId ? "Requests go to the origin" : "Origin removed", tone: "ok" });
      onClose();
    },
  });
  const form = useApiForm({
    start: { endpointId: route.originEndpointId },
    callOf: (body) => ({
      schema: async () => (await import("#lib/cutover/browser/moving-in-schema.ts")).PutOrigin,
      body,
      send: () => put.runAsync({ params: { adapterId: adapter.id }, generation, body }),
    }),
  });
  const { endpointId } = useFormValues(form);
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title={`Origin of ${adapter.tenantName} · ${adapter.slug}`}
      description="Requests go to the origin until a version is live. You can roll back to it until it is switched off. The application only changes its base URL once, to the gateway."
      submitLabel={endpointId === null ? "Remove origin" : "Set origin"}
    >
      <FormEndpoint
        form={form}
        name="endpointId"
        label="Current endpoint"
        hint="Add it and test it first:"
        none="None"
        tenantId={adapter.tenantId}
      />
    </EditDialog>
  );
}
