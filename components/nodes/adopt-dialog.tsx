"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiList, useApiMutation } from "#components/ui/use-api.ts";
import type { UnmanagedAdapter } from "#lib/fleet/browser/inspection-schema.ts";
import type { Node } from "#lib/fleet/schema.ts";
import type { Problem } from "#lib/http/schema.ts";
import { useMorePages } from "./use-more-pages.ts";

type DialogProps = { node: Node; unmanaged: UnmanagedAdapter; open: boolean; onOpenChange: (open: boolean) => void };

/** Takes a name that runs on a node over as the next version of an adapter of its pool. */
export function AdoptDialog(props: DialogProps) {
  const { node, unmanaged, open, onOpenChange } = props;
  const router = useRouter();
  const [adapterId, setAdapterId] = useState("");
  const adopt = useApiMutation("POST /nodes/{nodeId}/adopt", {
    alsoRefresh: ["versions", "adapters", "placements"],
    onDone: ({ version, held, message }) => {
      notify({ title: `Adopted as v${version.number}`, detail: message, tone: held ? "ok" : "warn" });
      close();
      router.push(`/adapters/${version.adapterId}/versions/${version.id}`);
    },
  });
  const close = () => {
    adopt.reset();
    onOpenChange(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (adapterId === "") return;
    adopt.run({ params: { nodeId: node.id }, body: { loraName: unmanaged.loraName, adapterId } });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title={`Adopt ${unmanaged.loraName}`}
      description="Its files are copied and checked like any upload. The name on the node does not change."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="adopt"
            pending={adopt.isPending}
            disabledReason={adapterId === "" ? "Choose an adapter first." : undefined}
          >
            Adopt as version
          </Button>
        </>
      }
    >
      <form id="adopt" onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <FailureNotice unmanaged={unmanaged} />
        <AdapterField node={node} open={open} value={adapterId} onChange={setAdapterId} problem={adopt.problem} />
        {adopt.problem && fieldError(adopt.problem, "adapterId") === null && (
          <ErrorState problem={adopt.problem} size="inline" />
        )}
      </form>
    </Dialog>
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

function AdapterField({
  node,
  open,
  value,
  onChange,
  problem,
}: {
  node: Node;
  open: boolean;
  value: string;
  onChange: (adapterId: string) => void;
  problem: Problem | null;
}) {
  const adapters = useApiList("GET /adapters", { query: { limit: 200 } }, { enabled: open });
  useMorePages(adapters, open);
  const options = (adapters.items ?? [])
    .filter(({ poolId }) => poolId === node.poolId)
    .map(({ id, tenantName, name }) => ({ value: id, label: `${tenantName} / ${name}` }));
  return (
    <>
      <Field
        label="Adapter"
        hint="It becomes the next version of this adapter. Only adapters of the node's pool are listed."
        error={fieldError(problem, "adapterId")}
      >
        {(control) => (
          <Select
            {...control}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            placeholder="Choose an adapter"
            options={options}
          />
        )}
      </Field>
      {adapters.problem && <ErrorState problem={adapters.problem} onRetry={adapters.retry} size="inline" />}
    </>
  );
}
