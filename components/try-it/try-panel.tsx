"use client";

import { useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { Input, Select, Textarea } from "../ui/input.tsx";
import { Switch } from "../ui/toggle.tsx";
import { useApi } from "../ui/use-api.ts";
import type { Audience } from "../ui/via-words.ts";
import { AsProgram } from "./as-program.tsx";
import { parseTools, SAMPLE_TOOLS } from "./sample-tools.ts";
import type { TrySample } from "./snippets.ts";
import { TrialView } from "./trial-view.tsx";
import type { TryProps } from "./try-button.tsx";
import { useTrial } from "./use-trial.ts";

const LIMIT = 200;
const MAX_TOKENS = 1024;

type Draft = Omit<TrySample, "tools">;
const FIRST: Draft = { model: null, prompt: "Where is my order A1042?", maxTokens: 256, stream: true };

/** What to ask, and what came back, below each other: one request at a time. */
export function TryPanel({ tenantId: fixed, gatewayUrl, audience }: TryProps) {
  const [chosen, setChosen] = useState(fixed ?? "");
  const [draft, setDraft] = useState(FIRST);
  const [toolsText, setToolsText] = useState<string | null>(null);
  const tools = parseTools(toolsText);
  const { trial, problem, run, stop } = useTrial(chosen);
  const sample: TrySample = { ...draft, tools: tools.ok ? tools.tools : [] };
  const isRunning = trial?.phase === "running";
  const missing = whyNotYet(chosen, draft, tools.ok);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const chooseTenant = (tenantId: string) => {
    setChosen(tenantId);
    change({ model: null });
  };
  return (
    <div className="flex flex-col gap-5">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (missing === null && !isRunning) void run(sample);
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          {fixed === null && <TenantField value={chosen} onChange={chooseTenant} />}
          <ModelField
            tenantId={chosen}
            audience={audience}
            value={draft.model}
            onChange={(model) => change({ model })}
          />
        </div>
        <Question value={draft.prompt} onChange={(prompt) => change({ prompt })} />
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <Options draft={draft} change={change} toolsText={toolsText} setToolsText={setToolsText} />
          <div className="ms-auto flex gap-2">
            {isRunning && <Button onClick={stop}>Stop</Button>}
            <Button type="submit" variant="primary" pending={isRunning} disabledReason={missing}>
              Send request
            </Button>
          </div>
        </div>
        {toolsText !== null && (
          <ToolsField value={toolsText} onChange={setToolsText} error={tools.ok ? null : tools.message} />
        )}
      </form>
      {problem && <ErrorState problem={problem} size="inline" />}
      {trial && <TrialView trial={trial} audience={audience} />}
      <AsProgram gatewayUrl={gatewayUrl} sample={sample} />
    </div>
  );
}

function Options({
  draft,
  change,
  toolsText,
  setToolsText,
}: {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  toolsText: string | null;
  setToolsText: (text: string | null) => void;
}) {
  return (
    <>
      <Switch label="Stream" checked={draft.stream} onChange={(event) => change({ stream: event.target.checked })} />
      <Switch
        label="Offer a tool"
        checked={toolsText !== null}
        onChange={(event) => setToolsText(event.target.checked ? SAMPLE_TOOLS : null)}
      />
      <MaxTokens value={draft.maxTokens} onChange={(maxTokens) => change({ maxTokens })} />
    </>
  );
}

type TextProps = { value: string; onChange: (text: string) => void };

const Question = ({ value, onChange }: TextProps) => (
  <Field label="Question" className="max-w-none">
    {(control) => (
      <Textarea
        {...control}
        rows={3}
        maxLength={16_000}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Field>
);

const ToolsField = ({ value, onChange, error }: TextProps & { error: string | null }) => (
  <Field label="Tools" error={error} className="max-w-none">
    {(control) => (
      <Textarea
        {...control}
        rows={6}
        spellCheck={false}
        className="font-mono text-xs"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Field>
);

const whyNotYet = (tenantId: string, { prompt, maxTokens }: Draft, areToolsFine: boolean) => {
  if (tenantId === "") return "Choose a tenant first.";
  if (prompt.trim() === "") return "Write a question first.";
  if (!Number.isInteger(maxTokens) || maxTokens < 1 || maxTokens > MAX_TOKENS)
    return `Ask for 1 to ${MAX_TOKENS} tokens.`;
  return areToolsFine ? null : "Fix the tools first.";
};

function TenantField({ value, onChange }: { value: string; onChange: (tenantId: string) => void }) {
  const tenants = useApi("GET /tenants", { query: { limit: LIMIT } }).data?.items ?? [];
  return (
    <Field label="Tenant">
      {(control) => (
        <Select
          {...control}
          value={value}
          placeholder="Choose a tenant"
          options={tenants.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function ModelField({
  tenantId,
  audience,
  value,
  onChange,
}: {
  tenantId: string;
  audience: Audience;
  value: string | null;
  onChange: (model: string | null) => void;
}) {
  const query = { tenantId, limit: LIMIT };
  const adapters = useApi("GET /adapters", { query }, { enabled: tenantId !== "" }).data?.items ?? [];
  const standard = adapters.find(({ isDefault }) => isDefault) ?? (adapters.length === 1 ? adapters[0] : undefined);
  return (
    <Field label={audience === "customer" ? "Model" : "Model name"}>
      {(control) => (
        <Select
          {...control}
          value={value ?? ""}
          placeholder={standard ? `Default (${standard.slug})` : "Default"}
          options={adapters.map(({ slug, name }) => ({
            value: slug,
            label: name === slug ? slug : `${slug} (${name})`,
          }))}
          onChange={(event) => onChange(event.target.value || null)}
        />
      )}
    </Field>
  );
}

function MaxTokens({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 text-sm">
      <label htmlFor={id}>Most tokens</label>
      <Input
        id={id}
        type="number"
        min={1}
        max={MAX_TOKENS}
        required
        value={Number.isNaN(value) ? "" : value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        className="w-20"
      />
    </div>
  );
}
