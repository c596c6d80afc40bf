"use client";

import type { ReactNode } from "react";
import { EditCard, type EditFields } from "#components/ui/edit-card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import { SettingsTabs } from "../settings-tabs.tsx";
import { FreezeWindowsCard } from "./freeze-windows-card.tsx";
import { SETTING_FIELDS, type SettingsEdit, settingsEditOf, toSettings } from "./settings-edit.ts";

/** What counts for all pools, and what new tenants begin with; it is live, so nothing is restarted. */
export function GeneralPage({ release }: { release: ReactNode }) {
  const read = useApi("GET /settings", {});
  const denied = useDenied("settings.write");
  const update = useApiMutation("PATCH /settings", { onDone: () => notify({ title: "Settings saved", tone: "ok" }) });
  return (
    <>
      <PageHeader
        title="Settings"
        meta="What counts for all pools. Changes reach the gateway at once; nothing is restarted."
        tabs={<SettingsTabs />}
      />
      {read.data ? (
        <>
          <EditCard
            title="Gateway and alerts"
            saved={settingsEditOf(read.data)}
            denied={denied}
            problem={update.problem}
            pending={update.isPending}
            fields={SETTING_FIELDS}
            onSave={(edit, done) =>
              update.run({ generation: edit.generation, body: toSettings(edit) }, { onSuccess: done })
            }
            onDiscard={() => {
              update.reset();
              read.retry();
            }}
          >
            {(form) => <Fields {...form} />}
          </EditCard>
          <FreezeWindowsCard settings={read.data} denied={denied} onDiscard={read.retry} />
          {release}
        </>
      ) : read.problem ? (
        <ErrorState problem={read.problem} onRetry={read.retry} />
      ) : (
        <div aria-busy="true">
          <Skeleton className="h-96 w-full" />
        </div>
      )}
    </>
  );
}

const SWAPS = [
  { value: "disk", label: "Any swap from disk" },
  { value: "cpu", label: "Any swap from the CPU cache, or from disk" },
  { value: "", label: "None" },
] as const;

function Fields({ shown, onChange, problem, isReadOnly }: EditFields<SettingsEdit>) {
  const number = numberField({ shown, onChange, problem, isReadOnly });
  return (
    <>
      <TextField
        label="Tenant header"
        hint="Trusted upstreams name the tenant in it. A tenant's own key needs no header."
        readOnly={isReadOnly}
        value={shown.tenantHeader}
        onChange={(tenantHeader) => onChange({ tenantHeader })}
        error={fieldError(problem, "tenantHeader")}
        className="font-mono"
      />
      <TextField
        label="Health check interval, in seconds"
        hint="How often the gateway looks at each node, besides what it learns from requests. 1 to 3,600."
        {...number("healthCheckInterval")}
      />
      <TextField
        label="Eviction alert above"
        hint="GPU-tier evictions of one node in 5 minutes."
        {...number("evictionAlertThreshold")}
      />
      <Field
        label="Swap source alert"
        hint="A swap from disk takes over 500 ms: the CPU cache is too small for the tenants."
        error={fieldError(problem, "swapSourceAlert")}
      >
        {(control) => (
          <Select
            {...control}
            disabled={isReadOnly}
            value={shown.swapSourceAlert}
            onChange={({ target }) => {
              const chosen = SWAPS.find(({ value }) => value === target.value);
              if (chosen) onChange({ swapSourceAlert: chosen.value });
            }}
            options={SWAPS}
          />
        )}
      </Field>
      <TextField
        label="Origins are kept for, in days"
        hint="How long a customer's present endpoint stays the way back once its version is live."
        {...number("originKeepDays")}
      />
      <CutoverFields number={number} form={{ shown, onChange, problem, isReadOnly }} />
      <TextField
        label="Evaluations wait while more requests queue than"
        hint="Customers' requests in the pool's queue at the gateway. An evaluation goes on by itself at half of it."
        {...number("evalYieldWaiting")}
      />
      <TextField
        label="Evaluations wait while more requests wait for a slot than"
        hint="Customers' requests on the pool's nodes, at two looks in a row. A missed p95 objective holds them too."
        {...number("evalYieldDeferred")}
      />
    </>
  );
}

type NumberName = Exclude<
  keyof SettingsEdit,
  "tenantHeader" | "swapSourceAlert" | "cutoverShadow" | "cutoverWeights" | "generation"
>;

const numberField =
  ({ shown, onChange, problem, isReadOnly }: EditFields<SettingsEdit>) =>
  (name: NumberName) => ({
    inputMode: "numeric" as const,
    readOnly: isReadOnly,
    value: shown[name],
    onChange: (text: string) => onChange({ [name]: text }),
    error: fieldError(problem, name),
  });

const BEGINNINGS = [
  { value: "yes", label: "Shadow" },
  { value: "no", label: "Its canary, without a shadow" },
] as const;

/** What is wrong with one of the weights. */
const weightError = (problem: EditFields<SettingsEdit>["problem"]): string | null =>
  problem?.errors.find(({ field }) => field.startsWith("cutoverWeights."))?.message ?? null;

/** How a cutover goes that is started without a plan of its own. */
function CutoverFields({
  number,
  form: { shown, onChange, problem, isReadOnly },
}: {
  number: ReturnType<typeof numberField>;
  form: EditFields<SettingsEdit>;
}) {
  return (
    <>
      <Field
        label="A cutover begins with"
        hint="In shadow the new version gets copies of requests; customers get nothing of it. A cutover may be started with a plan of its own."
        error={fieldError(problem, "cutoverShadow")}
      >
        {(control) => (
          <Select
            {...control}
            disabled={isReadOnly}
            value={shown.cutoverShadow}
            onChange={({ target }) => onChange({ cutoverShadow: target.value === "yes" ? "yes" : "no" })}
            options={BEGINNINGS}
          />
        )}
      </Field>
      <TextField
        label="Weights of its canary, in percent"
        hint="Of the conversations, one step after the other, such as 1, 5, 25, 50. None is no canary."
        readOnly={isReadOnly}
        value={shown.cutoverWeights}
        onChange={(cutoverWeights) => onChange({ cutoverWeights })}
        error={fieldError(problem, "cutoverWeights") ?? weightError(problem)}
      />
      <TextField
        label="A step of a cutover needs, in requests"
        hint="Of the new version, before shadow or canary goes on."
        {...number("cutoverMinRequests")}
      />
      <TextField
        label="A step of a cutover takes at least, in minutes"
        hint="However many requests come meanwhile."
        {...number("cutoverStepMinutes")}
      />
      <TextField
        label="The soak of a cutover takes, in minutes"
        hint="How long its guard goes on once everybody has the new version; 0 is no soak."
        {...number("cutoverSoakMinutes")}
      />
    </>
  );
}
