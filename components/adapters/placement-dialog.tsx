"use client";

import { type FormEvent, useState } from "react";
import { TextField } from "#components/ui/text-field.tsx";
import type { AdapterPlacement } from "#lib/fleet/schema.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { notify } from "../ui/toast.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";

type Edit = { generation: number; replicas: string; pins: readonly string[] };

const editOf = (placement: AdapterPlacement): Edit => ({
  generation: placement.generation,
  replicas: placement.replicas === null ? "" : String(placement.replicas),
  pins: placement.pinnedNodeIds,
});

type DialogProps = { placement: AdapterPlacement; open: boolean; onOpenChange: (open: boolean) => void };

/** What was chosen until it is saved; whoever saved in between is not overwritten. */
function useEdit({ placement, onOpenChange }: DialogProps) {
  const [edit, setEdit] = useState<Edit | null>(null);
  const shown = edit ?? editOf(placement);
  const set = useApiMutation("PUT /adapters/{adapterId}/placement", {
    alsoRefresh: ["placements", "pools", "nodes"],
    onDone: () => {
      notify({ title: "Placement saved", tone: "ok" });
      close();
    },
  });
  const close = () => {
    setEdit(null);
    set.reset();
    onOpenChange(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.run({
      params: { adapterId: placement.adapterId },
      generation: shown.generation,
      body: {
        replicas: shown.replicas.trim() === "" ? null : Number(shown.replicas),
        pinnedNodeIds: [...shown.pins],
      },
    });
  };
  const change = (part: Partial<Edit>) => setEdit({ ...shown, ...part });
  return { shown, isChanged: edit !== null, change, submit, close, problem: set.problem, isPending: set.isPending };
}

/** How many nodes an adapter is wanted on, and on which for sure. */
export function PlacementDialog(props: DialogProps) {
  const { placement, open, onOpenChange } = props;
  const { shown, isChanged, change, submit, close, problem, isPending } = useEdit(props);
  const isPlaced = problem?.errors.some(({ field }) => /^(replicas|pinnedNodeIds)/.test(field));
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title="Change placement"
      description="The adapter loads on its new nodes first. The other nodes unload it after the new loads are verified."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="placement"
            pending={isPending}
            disabledReason={isChanged ? undefined : "No changes to save."}
          >
            Save placement
          </Button>
        </>
      }
    >
      <form id="placement" onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <TextField
          label="Nodes"
          hint="Leave empty to use the pool default."
          optional
          error={fieldError(problem, "replicas")}
          inputMode="numeric"
          placeholder="Pool default"
          value={shown.replicas}
          onChange={(replicas) => change({ replicas })}
        />
        <PinFields poolId={placement.poolId} pins={shown.pins} onChange={(pins) => change({ pins })} />
        {fieldError(problem, "pinnedNodeIds") && (
          <p className="text-sm text-bad">{fieldError(problem, "pinnedNodeIds")}</p>
        )}
        {problem && !isPlaced && <ErrorState problem={problem} size="inline" />}
      </form>
    </Dialog>
  );
}

function PinFields({
  poolId,
  pins,
  onChange,
}: {
  poolId: string;
  pins: readonly string[];
  onChange: (pins: string[]) => void;
}) {
  const nodes = useApi("GET /nodes", { query: { poolId, limit: 200 } });
  if (nodes.problem) return <ErrorState problem={nodes.problem} onRetry={nodes.retry} size="inline" />;
  if (!nodes.data) return <Skeleton className="h-16 w-full" />;
  const serving = nodes.data.items.filter(({ standalone }) => !standalone);
  return (
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
  );
}
