"use client";

import type { EditFields } from "#components/ui/edit-card.tsx";
import { EndpointSelect } from "#components/ui/endpoint-select.tsx";
import { FallbackSelect } from "#components/ui/fallback-select.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { limitOf } from "#components/ui/limit-text.ts";
import { TextField } from "#components/ui/text-field.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import type { FallbackPolicy, Pool } from "#lib/pools/schema.ts";
import { PoolEditCard } from "./pool-edit-card.tsx";

/** What was typed, and the generation it was typed over: whoever saved in between is not overwritten. */
type Edit = {
  generation: number;
  name: string;
  fallback: FallbackPolicy;
  hostedEndpointId: string | null;
  servesEmbeddings: boolean;
  servesResponses: boolean;
} & Record<(typeof NUMBERS)[number], string>;

const NUMBERS = ["maxBatchWaitMs", "saturationWaitMs", "queueMax", "maxInFlight"] as const;

const editOf = (pool: Pool): Edit => ({
  generation: pool.generation,
  name: pool.name,
  fallback: pool.fallback,
  hostedEndpointId: pool.hostedEndpointId,
  servesEmbeddings: pool.servesEmbeddings,
  servesResponses: pool.servesResponses,
  maxBatchWaitMs: String(pool.maxBatchWaitMs),
  saturationWaitMs: String(pool.saturationWaitMs),
  queueMax: String(pool.queueMax),
  maxInFlight: String(pool.maxInFlight),
});

/** What is no number is sent as one below every limit, so that the server names the field. */
const numberOf = (text: string): number => limitOf(text) ?? -1;

const toBody = ({ name, fallback, hostedEndpointId, servesEmbeddings, servesResponses, ...edit }: Edit) => ({
  name,
  fallback,
  hostedEndpointId,
  servesEmbeddings,
  servesResponses,
  maxBatchWaitMs: numberOf(edit.maxBatchWaitMs),
  saturationWaitMs: numberOf(edit.saturationWaitMs),
  queueMax: numberOf(edit.queueMax),
  maxInFlight: numberOf(edit.maxInFlight),
});

const FIELDS = ["name", "fallback", "hostedEndpointId", "servesEmbeddings", "servesResponses", ...NUMBERS];

/** What can change while the nodes run: name, fallback, and how long and how many may wait. */
export function PoolPolicy({ pool }: { pool: Pool }) {
  return (
    <PoolEditCard pool={pool} title="Policy" read={editOf} toBody={toBody} fields={FIELDS}>
      {(form) => <PolicyFields {...form} />}
    </PoolEditCard>
  );
}

function PolicyFields(form: EditFields<Edit>) {
  const { shown, onChange, problem, isReadOnly } = form;
  return (
    <>
      <TextField
        label="Name"
        error={fieldError(problem, "name")}
        readOnly={isReadOnly}
        value={shown.name}
        onChange={(name) => onChange({ name })}
      />
      <FallbackSelect
        label="When a version is unavailable"
        error={fieldError(problem, "fallback")}
        disabled={isReadOnly}
        value={shown.fallback}
        onChange={(fallback) => onChange({ fallback })}
      />
      <EndpointSelect
        label="Hosted provider"
        hint="For tenants with this policy and no provider of their own."
        none="None"
        tenantId={null}
        value={shown.hostedEndpointId}
        error={fieldError(problem, "hostedEndpointId")}
        disabled={isReadOnly}
        onChange={(hostedEndpointId) => onChange({ hostedEndpointId })}
      />
      <div className="grid max-w-160 gap-4 sm:grid-cols-2">
        <NumberField name="maxBatchWaitMs" {...form} />
        <NumberField name="saturationWaitMs" {...form} />
        <NumberField name="queueMax" {...form} />
        <NumberField name="maxInFlight" {...form} />
      </div>
      <EndpointFields {...form} />
    </>
  );
}

/** What the pool's models answer besides chats and completions. */
function EndpointFields({ shown, onChange, isReadOnly }: EditFields<Edit>) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm font-medium">Optional endpoints</legend>
      <Checkbox
        label={<code className="font-mono text-xs">/v1/embeddings</code>}
        hint="The nodes must serve an embedding model. There is no fallback, because vectors of different models are not comparable."
        disabled={isReadOnly}
        checked={shown.servesEmbeddings}
        onChange={(event) => onChange({ servesEmbeddings: event.target.checked })}
      />
      <Checkbox
        label={<code className="font-mono text-xs">/v1/responses</code>}
        hint="Responses are never stored: the gateway adds store: false, and refuses requests that need a stored one."
        disabled={isReadOnly}
        checked={shown.servesResponses}
        onChange={(event) => onChange({ servesResponses: event.target.checked })}
      />
    </fieldset>
  );
}

const NUMBER_WORDS: Record<(typeof NUMBERS)[number], { label: string; hint: string }> = {
  maxBatchWaitMs: { label: "Longest batch wait, ms", hint: "Maximum wait to group a burst by adapter." },
  saturationWaitMs: {
    label: "Saturated from, ms",
    hint: "Requests use the fallback when the expected wait exceeds this.",
  },
  queueMax: { label: "Requests that may wait", hint: "Requests above this limit get 429." },
  maxInFlight: { label: "Requests at once per node", hint: "Further requests wait in the queue." },
};

function NumberField({
  name,
  shown,
  onChange,
  problem,
  isReadOnly,
}: EditFields<Edit> & { name: (typeof NUMBERS)[number] }) {
  return (
    <TextField
      {...NUMBER_WORDS[name]}
      error={fieldError(problem, name)}
      inputMode="numeric"
      readOnly={isReadOnly}
      value={shown[name]}
      onChange={(text) => onChange({ [name]: text })}
    />
  );
}
