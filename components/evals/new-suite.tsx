"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { LinkButton } from "../ui/button.tsx";
import { OPTIONAL } from "../ui/form/field-text.ts";
import { FormSelect, FormText } from "../ui/form/form-fields.tsx";
import { SubmitRow } from "../ui/form/submit-row.tsx";
import { type ApiForm, useApiForm } from "../ui/form/use-api-form.ts";
import { useFormField } from "../ui/form/use-form-field.ts";
import { Segments } from "../ui/segments.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { ImportFields } from "./import-fields.tsx";
import { ProofSlider } from "./proof-slider.tsx";
import { TenantField } from "./tenant-field.tsx";

const SOURCES = [
  { key: "tools", label: "Its own tools" },
  { key: "file", label: "A file" },
  { key: "recorded", label: "Recorded requests" },
  { key: "copy", label: "Another suite" },
  { key: "world", label: "A fictional company" },
] as const;
type Source = (typeof SOURCES)[number]["key"];

/** Of prompts that the customer never sees. */
const HELD_OUT = 0.2;

/** Makes a suite for one tenant, from where its maker chooses. */
export function NewSuite({ initialTenant }: { initialTenant: string }) {
  const router = useRouter();
  const [tenantId, setTenant] = useState(initialTenant);
  const [source, setSource] = useState<Source>("tools");
  const [isHeldOut, setHeldOut] = useState(true);
  const opened = (suite: { id: string }) => router.push(`/evals/suites/${suite.id}`);
  return (
    <div className="flex flex-col gap-5">
      <TenantField value={tenantId} onChange={setTenant} />
      <Segments label="Prompts from" options={SOURCES} value={source} onChange={setSource} />
      {source !== "copy" && source !== "recorded" && (
        <Checkbox
          label="Hold a fifth out"
          hint="These prompts count like all others. The customer never sees them, so no adapter is tuned on them."
          checked={isHeldOut}
          onChange={(event) => setHeldOut(event.target.checked)}
        />
      )}
      {tenantId === "" ? (
        <p className="text-md text-fg-2">Choose a tenant first.</p>
      ) : (
        <Chosen
          key={tenantId}
          source={source}
          tenantId={tenantId}
          holdOutShare={isHeldOut ? HELD_OUT : 0}
          onMade={opened}
        />
      )}
    </div>
  );
}

type Making = { tenantId: string; holdOutShare: number; onMade: (suite: { id: string }) => void };

function Chosen({ source, ...making }: Making & { source: Source }) {
  switch (source) {
    case "tools":
      return <Generate from="tools" {...making} />;
    case "world":
      return <Generate from="world" {...making} />;
    case "file":
      return <ImportFields {...making} />;
    case "recorded":
      return <RecordedHint tenantId={making.tenantId} />;
    case "copy":
      return <CopyFields {...making} />;
  }
}

/** Made where the requests are looked at first. */
function RecordedHint({ tenantId }: { tenantId: string }) {
  return (
    <div className="flex flex-col gap-4">
      <p className="text-md text-fg-2">
        Customers can allow some requests to be recorded, redacted. Make a suite from them on the tenant's page, where
        you can review and remove each one.
      </p>
      <div>
        <LinkButton variant="primary" href={`/tenants/${tenantId}/recorded`}>
          Open recorded requests
        </LinkButton>
      </div>
    </div>
  );
}

type Generated = { name: string; count: number; seed: string | null };

function Generate({ from, tenantId, holdOutShare, onMade }: Making & { from: "tools" | "world" }) {
  const tools = useApi("GET /tenants/{tenantId}/tools", { params: { tenantId } }).data;
  const create = useApiMutation("POST /tenants/{tenantId}/suites", {
    alsoRefresh: ["suites", "suite-readiness"],
    onDone: onMade,
  });
  const form = useApiForm<Generated>({
    start: { name: from === "tools" ? "Own tools" : "Tool calling", count: 200, seed: null },
    callOf: ({ name, count, seed }) => {
      const body = { name, count, from, holdOutShare, ...(seed === null ? {} : { seed }) };
      return {
        schema: async () => (await import("#lib/evals/browser/suite-schema.ts")).CreateSuite,
        body,
        send: () => create.runAsync({ params: { tenantId }, body }),
      };
    },
  });
  const covered = tools?.categories.filter(({ isCovered }) => isCovered).length ?? 0;
  const lacksTools = from === "tools" && tools !== undefined && tools.tools.length === 0;
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      {from === "tools" && tools && !lacksTools && (
        <p className="text-md text-fg-2">
          {tools.tools.length} tools; {covered} of {tools.categories.length} kinds of traps can be tried with them.
        </p>
      )}
      {lacksTools && (
        <p className="text-md text-warn">The tenant's tools are unknown. Close this dialog and choose Set tools.</p>
      )}
      <FormText form={form} name="name" label="Name" />
      <Count form={form} tenantId={tenantId} />
      <FormText
        form={form}
        name="seed"
        as={OPTIONAL}
        label="Seed"
        optional
        hint="The same seed gives the same prompts. Leave empty to use the tenant's slug."
      />
      <SubmitRow
        form={form}
        label="Generate suite"
        blocked={lacksTools ? "Set the tenant's tools first." : undefined}
      />
    </form>
  );
}

function Count({ form, tenantId }: { form: ApiForm<Generated>; tenantId: string }) {
  const { value, onChange, error } = useFormField<Generated, number>({ form, name: "count" });
  const sizes = useApi("GET /tenants/{tenantId}/suite-readiness", { params: { tenantId } }).data?.sizes;
  const first = sizes?.[0];
  const callsPerPrompt = first?.calls.value ? first.calls.value / first.prompts : null;
  return (
    <>
      <ProofSlider prompts={value} onChange={onChange} callsPerPrompt={callsPerPrompt} />
      {error && <p className="text-sm text-bad">{error}</p>}
    </>
  );
}

function CopyFields({ tenantId, onMade }: Making) {
  const suites = useApi("GET /suites", { query: { tenantId, limit: 200 } }).data?.items ?? [];
  const copy = useApiMutation("POST /suites/{suiteId}/copy", { alsoRefresh: ["suite-readiness"], onDone: onMade });
  const form = useApiForm<{ suiteId: string | null; name: string | null }>({
    start: { suiteId: null, name: null },
    callOf: ({ suiteId, name }) => {
      const body = name === null ? {} : { name };
      return {
        schema: async () =>
          (await import("#lib/evals/browser/suite-schema.ts")).CopySuite.refine(() => suiteId !== null, {
            path: ["suiteId"],
            message: "choose a suite",
          }),
        body,
        send: () => copy.runAsync({ params: { suiteId: suiteId ?? "" }, body }),
      };
    },
  });
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      <FormSelect
        form={form}
        name="suiteId"
        label="Suite"
        hint={suites.length === 0 ? "The tenant has no suite yet." : undefined}
        placeholder="Choose a suite"
        options={suites.map(({ id, name, revision }) => ({ value: id, label: `${name}, revision ${revision}` }))}
        className="w-full"
      />
      <FormText
        form={form}
        name="name"
        as={OPTIONAL}
        label="New name"
        optional
        hint="Leave empty to create the next revision under the same name."
      />
      <SubmitRow form={form} label="Copy suite" />
    </form>
  );
}
