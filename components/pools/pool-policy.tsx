"use client";

import { changedFields } from "#components/ui/form/changed-fields.ts";
import { NUMBER } from "#components/ui/form/field-text.ts";
import { FormCheckbox, FormText } from "#components/ui/form/form-fields.tsx";
import { FormEndpoint, FormFallback } from "#components/ui/form/policy-fields.tsx";
import type { ApiForm } from "#components/ui/form/use-api-form.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { PoolCard } from "./pool-card.tsx";

const FIELDS = [
  "name",
  "fallback",
  "hostedEndpointId",
  "servesEmbeddings",
  "servesResponses",
  "maxBatchWaitMs",
  "saturationWaitMs",
  "queueMax",
  "maxInFlight",
] as const;

/** What can change while the nodes run: name, fallback, and how long and how many may wait. */
export function PoolPolicy({ pool }: { pool: Pool }) {
  return (
    <PoolCard pool={pool} title="Policy" bodyOf={(values) => changedFields(pool, values, FIELDS)}>
      {(form) => <PolicyFields form={form} />}
    </PoolCard>
  );
}

type FieldsProps = { form: ApiForm<Pool> };

function PolicyFields({ form }: FieldsProps) {
  return (
    <>
      <FormText form={form} name="name" label="Name" />
      <FormFallback form={form} name="fallback" label="When a version is unavailable" />
      <FormEndpoint
        form={form}
        name="hostedEndpointId"
        label="Hosted provider"
        hint="For tenants with this policy and no provider of their own."
        none="None"
        tenantId={null}
      />
      <div className="grid max-w-160 gap-4 sm:grid-cols-2">
        <WaitFields form={form} />
      </div>
      <EndpointFields form={form} />
    </>
  );
}

/** How long and how many may wait. */
function WaitFields({ form }: FieldsProps) {
  const number = { form, as: NUMBER, inputMode: "numeric" } as const;
  return (
    <>
      <FormText
        {...number}
        name="maxBatchWaitMs"
        label="Longest batch wait, ms"
        hint="Maximum wait to group a burst by adapter."
      />
      <FormText
        {...number}
        name="saturationWaitMs"
        label="Saturated from, ms"
        hint="Requests use the fallback when the expected wait exceeds this."
      />
      <FormText {...number} name="queueMax" label="Requests that may wait" hint="Requests above this limit get 429." />
      <FormText
        {...number}
        name="maxInFlight"
        label="Requests at once per node"
        hint="Further requests wait in the queue."
      />
    </>
  );
}

/** What the pool's models answer besides chats and completions. */
function EndpointFields({ form }: FieldsProps) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm font-medium">Optional endpoints</legend>
      <FormCheckbox
        form={form}
        name="servesEmbeddings"
        label={<code className="font-mono text-xs">/v1/embeddings</code>}
        hint="The nodes must serve an embedding model. There is no fallback, because vectors of different models are not comparable."
      />
      <FormCheckbox
        form={form}
        name="servesResponses"
        label={<code className="font-mono text-xs">/v1/responses</code>}
        hint="Responses are never stored: the gateway adds store: false, and refuses requests that need a stored one."
      />
    </fieldset>
  );
}
