"use client";

import type { EditFields } from "#components/ui/edit-card.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Textarea } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { PoolEditCard } from "./pool-edit-card.tsx";
import { type IdentityEdit, identityOf, toIdentity } from "./pool-identity-edit.ts";
import { storeHint } from "./store-hint.ts";

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
  const isRenamed = shown.baseModel.trim() !== pool.baseModel;
  const isMoved = shown.adapterDirectory.trim() !== pool.adapterDirectory;
  return (
    <>
      <TextField
        label="Base model"
        hint={
          isRenamed
            ? `Nodes must serve it under this name, or they are taken out of service at their next inspection. ${pool.baseModel} becomes an alias.`
            : "As the nodes serve it. It can change while no adapter of the pool is loaded."
        }
        error={fieldError(problem, "baseModel")}
        spellCheck={false}
        className="font-mono"
        readOnly={isReadOnly}
        value={shown.baseModel}
        onChange={(baseModel) => onChange({ baseModel })}
      />
      <Field
        label="Other names of the base model"
        hint="One a line, exact or with *. Adapters trained under them are accepted; their shapes and tokenizer must match all the same. An empty line between others stands for adapters that name no base."
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
        hint={
          isMoved
            ? "Every node of the pool must mount the adapter store here. Adapters that failed to load are tried again from the new directory."
            : storeHint(store)
        }
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
