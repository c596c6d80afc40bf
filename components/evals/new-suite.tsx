"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button, LinkButton } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { FormProblem } from "../ui/form-problem.tsx";
import { Select } from "../ui/input.tsx";
import { Segments } from "../ui/segments.tsx";
import { TextField } from "../ui/text-field.tsx";
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

function Generate({ from, tenantId, holdOutShare, onMade }: Making & { from: "tools" | "world" }) {
  const [name, setName] = useState(from === "tools" ? "Own tools" : "Tool calling");
  const [count, setCount] = useState(200);
  const [seed, setSeed] = useState("");
  const tools = useApi("GET /tenants/{tenantId}/tools", { params: { tenantId } }).data;
  const sizes = useApi("GET /tenants/{tenantId}/suite-readiness", { params: { tenantId } }).data?.sizes;
  const create = useApiMutation("POST /tenants/{tenantId}/suites", {
    alsoRefresh: ["suites", "suite-readiness"],
    onDone: onMade,
  });
  const covered = tools?.categories.filter(({ isCovered }) => isCovered).length ?? 0;
  const lacksTools = from === "tools" && tools !== undefined && tools.tools.length === 0;
  const first = sizes?.[0];
  return (
    <div className="flex flex-col gap-4">
      {from === "tools" && tools && !lacksTools && (
        <p className="text-md text-fg-2">
          {tools.tools.length} tools; {covered} of {tools.categories.length} kinds of traps can be tried with them.
        </p>
      )}
      {lacksTools && (
        <p className="text-md text-warn">The tenant's tools are unknown. Close this dialog and choose Set tools.</p>
      )}
      <TextField label="Name" error={fieldError(create.problem, "name")} value={name} onChange={setName} />
      <ProofSlider
        prompts={count}
        onChange={setCount}
        callsPerPrompt={first?.calls.value ? first.calls.value / first.prompts : null}
      />
      {fieldError(create.problem, "count") && <p className="text-sm text-bad">{fieldError(create.problem, "count")}</p>}
      <TextField
        label="Seed"
        optional
        hint="The same seed gives the same prompts. Leave empty to use the tenant's slug."
        error={fieldError(create.problem, "seed")}
        value={seed}
        onChange={setSeed}
      />
      <FormProblem problem={create.problem} fields={["name", "count", "seed"]} />
      <div>
        <Button
          variant="primary"
          pending={create.isPending}
          disabledReason={
            lacksTools ? "Set the tenant's tools first." : name.trim() === "" ? "Enter a name." : undefined
          }
          onClick={() =>
            create.run({
              params: { tenantId },
              body: { name, count, from, holdOutShare, ...(seed.trim() === "" ? {} : { seed }) },
            })
          }
        >
          Generate suite
        </Button>
      </div>
    </div>
  );
}

function CopyFields({ tenantId, onMade }: Making) {
  const suites = useApi("GET /suites", { query: { tenantId, limit: 200 } }).data?.items ?? [];
  const [suiteId, setSuite] = useState("");
  const [name, setName] = useState("");
  const copy = useApiMutation("POST /suites/{suiteId}/copy", { alsoRefresh: ["suite-readiness"], onDone: onMade });
  return (
    <div className="flex flex-col gap-4">
      <Field label="Suite" hint={suites.length === 0 ? "The tenant has no suite yet." : undefined}>
        {(control) => (
          <Select
            {...control}
            className="w-full"
            value={suiteId}
            placeholder="Choose a suite"
            options={suites.map(({ id, name: called, revision }) => ({
              value: id,
              label: `${called}, revision ${revision}`,
            }))}
            onChange={(event) => setSuite(event.target.value)}
          />
        )}
      </Field>
      <TextField
        label="New name"
        optional
        hint="Leave empty to create the next revision under the same name."
        value={name}
        onChange={setName}
      />
      {copy.problem && <ErrorState problem={copy.problem} size="inline" />}
      <div>
        <Button
          variant="primary"
          pending={copy.isPending}
          disabledReason={suiteId === "" ? "Choose a suite." : undefined}
          onClick={() => copy.run({ params: { suiteId }, body: name.trim() === "" ? {} : { name } })}
        >
          Copy suite
        </Button>
      </div>
    </div>
  );
}
