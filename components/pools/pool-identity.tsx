"use client";

import { changedFields } from "#components/ui/form/changed-fields.ts";
import { TRIMMED } from "#components/ui/form/field-text.ts";
import { FormText, FormTextarea } from "#components/ui/form/form-fields.tsx";
import { type ApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import { useApi } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { ALIASES } from "./base-aliases.ts";
import { baseModelHint, directoryHint } from "./identity-hints.ts";
import { PoolCard } from "./pool-card.tsx";

const FIELDS = ["baseModel", "baseAliases", "adapterDirectory"] as const;

/** What adapters and nodes know the pool by: it can be corrected while none of its adapters is loaded. */
export function PoolIdentity({ pool }: { pool: Pool }) {
  return (
    <PoolCard pool={pool} title="Names and directory" bodyOf={(values) => changedFields(pool, values, FIELDS)}>
      {(form) => <IdentityFields form={form} pool={pool} />}
    </PoolCard>
  );
}

function IdentityFields({ form, pool }: { form: ApiForm<Pool>; pool: Pool }) {
  const store = useApi("GET /adapter-store", {}).data?.path ?? null;
  const values = useFormValues(form);
  return (
    <>
      <FormText
        form={form}
        name="baseModel"
        as={TRIMMED}
        label="Base model"
        hint={baseModelHint(values, pool)}
        spellCheck={false}
        className="font-mono"
      />
      <FormTextarea
        form={form}
        name="baseAliases"
        as={ALIASES}
        label="Other names of the base model"
        hint="One per line, exact or with *. Adapters with these base names are accepted if shapes and tokenizer match. An empty line between others accepts adapters without a base name."
        optional
        rows={3}
        spellCheck={false}
        className="font-mono"
      />
      <FormText
        form={form}
        name="adapterDirectory"
        as={TRIMMED}
        label="Adapter directory"
        hint={directoryHint(values, pool, store)}
        spellCheck={false}
        className="font-mono"
      />
    </>
  );
}
