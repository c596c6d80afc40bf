"use client";

import { ConsequenceView } from "#components/ui/consequence-view.tsx";
import { DRAIN_DEADLINES } from "#components/ui/drain-deadlines.ts";
import { EditDialog } from "#components/ui/form/edit-dialog.tsx";
import { FormSelect } from "#components/ui/form/form-fields.tsx";
import { useApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { useConsequences } from "#components/ui/use-consequences.ts";
import { DRAIN_SECONDS } from "#lib/fleet/browser/control-kinds.ts";
import type { Node } from "#lib/fleet/schema.ts";

/** Asks how long running requests may take, says what follows, and drains the node. */
export function DrainDialog({ node, open, onClose }: { node: Node; open: boolean; onClose: () => void }) {
  const drain = useApiMutation("POST /nodes/{nodeId}/drain", {
    alsoRefresh: ["placements", "controls"],
    onDone: (after) => {
      onClose();
      notify({ title: `${after.name} drains`, tone: "ok" });
    },
  });
  const form = useApiForm({
    start: { deadlineSeconds: DRAIN_SECONDS },
    callOf: (body) => ({
      schema: async () => (await import("#lib/fleet/schema.ts")).DrainNode,
      body,
      send: () => drain.runAsync({ params: { nodeId: node.id }, body }),
    }),
  });
  const consequences = useConsequences({ action: "drain", nodeId: node.id, ...useFormValues(form) }, open);
  return (
    <EditDialog
      form={form}
      open={open}
      onClose={onClose}
      title={`Drain ${node.name}?`}
      submitLabel={`Drain ${node.name}`}
    >
      <ConsequenceView {...consequences} />
      <FormSelect form={form} name="deadlineSeconds" label="Deadline" options={DRAIN_DEADLINES} />
    </EditDialog>
  );
}
