"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { EndpointSelect } from "#components/ui/endpoint-select.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Adapter } from "#lib/registry/schema.ts";

const FORM = "origin";

/** Chooses where a customer is served today. */
export function OriginDialog({ adapter, onClose }: { adapter: Adapter; onClose: () => void }) {
  const { route } = adapter;
  const [endpointId, setEndpointId] = useState(route.originEndpointId);
  // fixed while the dialog is open: whoever changes the route meanwhile is not overwritten
  const [generation] = useState(route.generation);
  const put = useApiMutation("PUT /adapters/{adapterId}/origin", {
    alsoRefresh: ["moving-in", "endpoints"],
    onDone: (after) => {
      notify({ title: after.originEndpointId ? "Requests go to the origin" : "Origin removed", tone: "ok" });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put.run({ params: { adapterId: adapter.id }, generation, body: { endpointId } });
  };
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Origin of ${adapter.tenantName} · ${adapter.slug}`}
      description="Requests go to the origin until a version is live. You can roll back to it until it is switched off. The application only changes its base URL once, to the gateway."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={FORM} pending={put.isPending}>
            {endpointId === null ? "Remove origin" : "Set origin"}
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <EndpointSelect
          label="Current endpoint"
          hint="Add it and test it first:"
          none="None"
          tenantId={adapter.tenantId}
          value={endpointId}
          error={fieldError(put.problem, "endpointId")}
          onChange={setEndpointId}
        />
        <FormProblem problem={put.problem} fields={["endpointId"]} />
      </form>
    </Dialog>
  );
}
