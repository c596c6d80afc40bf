"use client";

import { useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import { CopyBlock } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { FormText } from "../ui/form/form-fields.tsx";
import { useApiForm } from "../ui/form/use-api-form.ts";
import { useApiMutation } from "../ui/use-api.ts";

/** Asks for a name, then shows the key, once: one dialog, so that the focus returns to where it came from. */
export function CreateKeyDialog({ tenantId, onClose }: { tenantId: string; onClose: () => void }) {
  const id = useId();
  const [key, setKey] = useState<string | null>(null);
  const create = useApiMutation("POST /tenants/{tenantId}/keys", { onDone: (created) => setKey(created.key) });
  const form = useApiForm({
    start: { name: "" },
    callOf: ({ name }) => {
      const body = { name, scopes: ["inference" as const] };
      return {
        schema: async () => (await import("#lib/identity/schema.ts")).CreateApiKey,
        body,
        send: () => create.runAsync({ params: { tenantId }, body }),
      };
    },
  });

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      {...(key === null ? ASKS : SHOWS)}
      footer={
        key === null ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" type="submit" form={id} pending={form.isSending}>
              Create key
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        )
      }
    >
      {key === null ? (
        <form id={id} onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
          <FormText
            form={form}
            name="name"
            label="Name"
            hint="Where it is used, such as “support backend”."
            autoFocus
          />
          {form.problem && <ErrorState problem={form.problem} size="inline" />}
        </form>
      ) : (
        <CopyBlock text={key} label="Copy key" />
      )}
    </Dialog>
  );
}

const ASKS = { title: "Create key", description: "For one application. It may only call the model." };
const SHOWS = {
  title: "Copy the key now",
  description: "The key is shown only once; Switchyard stores only its hash.",
  closesByButtonOnly: true,
};
