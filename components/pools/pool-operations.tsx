"use client";

import { changedFields } from "#components/ui/form/changed-fields.ts";
import { OPTIONAL, OPTIONAL_NUMBER } from "#components/ui/form/field-text.ts";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import { type ApiForm, useFormValues } from "#components/ui/form/use-api-form.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { PoolCard } from "./pool-card.tsx";

/** The webhook's secret is never read back, so an empty one keeps what is stored. */
type Values = Pool & { restartSecret: string };
type Options<Key extends keyof Pool> = readonly { value: Pool[Key]; label: string }[];

const DELIVERY: Options<"delivery"> = [
  { value: "shared", label: "Shared directory that the nodes mount" },
  { value: "fetch", label: "Fetched by the node's plugin, by digest" },
];
const DRIFT: Options<"driftPolicy"> = [
  { value: "keep", label: "Show them but keep them loaded" },
  { value: "remove", label: "Unload them" },
];
const RESTART: Options<"restartStep"> = [
  { value: "manual", label: "Manually: Switchyard shows the exact command" },
  { value: "webhook", label: "Webhook to your automation" },
  { value: "simulated", label: "Simulated nodes restart automatically" },
];

const FIELDS = ["delivery", "driftPolicy", "replicas", "restartStep"] as const;
const WEBHOOK_FIELDS = ["restartUrl", "restartSecret"] as const;

/** How a pool's nodes are fed and restarted: what can change while they run. */
export function PoolOperations({ pool }: { pool: Pool }) {
  const saved = { ...pool, restartSecret: "" };
  const bodyOf = (values: Values) => ({
    ...changedFields(saved, values, FIELDS),
    ...(values.restartStep === "webhook" ? changedFields(saved, values, WEBHOOK_FIELDS) : {}),
  });
  return (
    <PoolCard pool={saved} title="Operation" bodyOf={bodyOf}>
      {(form) => <OperationFields form={form} />}
    </PoolCard>
  );
}

function OperationFields({ form }: { form: ApiForm<Values> }) {
  const { restartStep, hasRestartSecret } = useFormValues(form);
  return (
    <>
      <FormSelect
        form={form}
        name="delivery"
        label="How adapters reach a node"
        hint="With a shared directory Switchyard checked the same bytes; with fetch the node checks them itself."
        options={DELIVERY}
      />
      <FormSelect
        form={form}
        name="driftPolicy"
        label="Unmanaged adapters"
        hint="Node drift: adapters on a node that Switchyard did not load."
        options={DRIFT}
      />
      <FormText
        form={form}
        name="replicas"
        as={OPTIONAL_NUMBER}
        label="Nodes for each adapter"
        hint="Leave empty for every serving node. Adapters can override this."
        optional
        inputMode="numeric"
        placeholder="Every serving node"
      />
      <FormSelect
        form={form}
        name="restartStep"
        label="How engines are restarted"
        hint="When limits change. Switchyard never starts or stops vLLM itself."
        options={RESTART}
      />
      {restartStep === "webhook" && <WebhookFields form={form} hasSecret={hasRestartSecret} />}
    </>
  );
}

/** @param hasSecret a webhook secret is stored already */
function WebhookFields({ form, hasSecret }: { form: ApiForm<Values>; hasSecret: boolean }) {
  return (
    <>
      <FormText
        form={form}
        name="restartUrl"
        as={OPTIONAL}
        label="Webhook address"
        hint="Receives a signed POST with the command. A 2xx response means accepted."
        type="url"
        spellCheck={false}
        className="font-mono"
        placeholder="https://automation.example.com/restart"
      />
      <FormText
        form={form}
        name="restartSecret"
        label="Webhook secret"
        hint={`At least 16 characters; signs every call. Encrypted when stored and never shown. ${hasSecret ? "A secret is set; leave empty to keep it." : "No secret is set yet."}`}
        optional
        type="password"
        autoComplete="new-password"
      />
    </>
  );
}
