"use client";

import type { ReactNode } from "react";
import type { StartCutover } from "#lib/cutover/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { EditDialog } from "../ui/form/edit-dialog.tsx";
import { FormCheckbox, FormText, FormTextarea } from "../ui/form/form-fields.tsx";
import { useApiForm, useFormValues } from "../ui/form/use-api-form.ts";
import { versionTitle } from "../ui/object-title.ts";

type OverrideDialogProps = {
  version: Version;
  /** What is sent besides the override. */
  plan: Pick<StartCutover, "plan">;
  onSend: (body: StartCutover) => Promise<unknown>;
  /** Nothing is live and no gate was judged: it may have served its customer elsewhere. */
  mayAdopt: boolean;
  onClose: () => void;
  children: ReactNode;
};

/** Asks for the reason to go live without a pass, and whether the version served its customer elsewhere before. */
export function OverrideDialog({ version, plan, onSend, mayAdopt, onClose, children }: OverrideDialogProps) {
  const form = useApiForm({
    start: { adopted: false, overrideReason: "", confirmTenant: "" },
    callOf: ({ adopted, overrideReason, confirmTenant }) => {
      const body = {
        toVersionId: version.id,
        overrideReason,
        ...(confirmTenant === "" ? {} : { confirmTenant }),
        ...(mayAdopt && adopted ? { adopted: true } : {}),
        ...plan,
      };
      return {
        schema: async () => (await import("#lib/cutover/schema.ts")).StartCutover,
        body,
        send: () => onSend(body),
      };
    },
  });
  const { confirmTenant } = useFormValues(form);
  // only asked of somebody who started the run and is the only one who could
  const isUnconfirmed = form.refusal?.errors.some(({ field }) => field === "confirmTenant") ?? false;
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title={`Make ${versionTitle(version)} live without a pass?`}
      description="The reason is kept in the audit trail and shown on the cutover."
      submitLabel="Override gate"
      tone="danger"
    >
      {children}
      {mayAdopt && (
        <FormCheckbox
          form={form}
          name="adopted"
          label="It already serves this customer from another deployment"
          hint="Shown as Adopted instead of Overridden."
        />
      )}
      <FormTextarea form={form} name="overrideReason" label="Reason" hint="At least 10 characters." />
      {(isUnconfirmed || confirmTenant !== "") && (
        <FormText
          form={form}
          name="confirmTenant"
          label="Tenant"
          hint={`Type ${version.tenantSlug}: you are overriding a run that you started.`}
        />
      )}
    </EditDialog>
  );
}
