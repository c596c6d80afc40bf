"use client";

import type { EditFields } from "#components/ui/edit-card.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Textarea } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { PoolEditCard } from "./pool-edit-card.tsx";
import { baseModelHint, directoryHint, type IdentityEdit, identityOf, toIdentity } from "./pool-identity-edit.ts";

const FIELDS = ["baseModel", "baseAliases", "adapterDirectory"];

/** What adapters and nodes know the pool by: it can be corrected while none of its adapters is loaded. */
export function PoolIdentity({ pool }: { pool: Pool }) {
  return (
    <PoolEditCard pool={pool} title="Names and directory" read={identityOf} toBody={toIdentity} fields={FIELDS}>
      {(form) => <IdentityFields {...form} pool={pool} />}
    </PoolEditCard>
  );
}

function IdentityFields({ shown, onChange, problem, isReadOnly, pool }: EditFields<IdentityEdit> & { pool: Pool }) {
  const store = useApi("GET /adapter-store", {}).data?.path ?? null;
  return (
    <>
      <TextField
        label="Base model"
        hint={baseModelHint(shown, pool)}
        error={fieldError(problem, "baseModel")}
        spellCheck={false}
        className="font-mono"
        readOnly={isReadOnly}
        value={shown.baseModel}
        onChange={(baseModel) => onChange({ baseModel })}
      />
      <Field
        label="Other names of the base model"
        hint="One per line, exact or with *. Adapters with these base names are accepted if shapes and tokenizer match. An empty line between others accepts adapters without a base name."
        error={fieldError(problem, "baseAliases")}
        optional
      >
        {(control) => (
          <Textarea
            {...control}
            rows={3}
            spellCheck={false}
            className="font-mono"
            readOnly={isReadOnly}
            value={shown.baseAliases}
            onChange={(event) => onChange({ baseAliases: event.target.value })}
          />
        )}
      </Field>
      <TextField
        label="Adapter directory"
        hint={directoryHint(shown, pool, store)}
        error={fieldError(problem, "adapterDirectory")}
        spellCheck={false}
        className="font-mono"
        readOnly={isReadOnly}
        value={shown.adapterDirectory}
        onChange={(adapterDirectory) => onChange({ adapterDirectory })}
      />
    </>
  );
}
