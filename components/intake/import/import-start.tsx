"use client";

import { useRouter } from "next/navigation";
import type { Pool } from "#lib/pools/schema.ts";
import { LinkButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { PROPOSED_TEXT } from "../../ui/form/field-text.ts";
import { FormSelect, FormText } from "../../ui/form/form-fields.tsx";
import { SubmitRow } from "../../ui/form/submit-row.tsx";
import { type ApiForm, useApiForm, useFormValues } from "../../ui/form/use-api-form.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { Segments } from "../../ui/segments.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useApiList, useApiMutation } from "../../ui/use-api.ts";
import { DraftList } from "./draft-list.tsx";
import { FromBucket } from "./from-bucket.tsx";
import { FromDrop } from "./from-drop.tsx";
import { FromTable } from "./from-table.tsx";
import { CHECK_FOLDERS, type ImportValues, importBody, type Way } from "./import-body.ts";

const WAYS: readonly { key: Way; label: string }[] = [
  { key: "path", label: "Folder on the server" },
  { key: "drop", label: "Drop folders" },
  { key: "table", label: "Table (CSV)" },
  { key: "bucket", label: "Bucket (S3)" },
];

/** Many tenants at once: what was started before, and four ways to start. */
export function ImportStart() {
  const pools = useApiList("GET /pools", { query: { limit: 200 } });
  const [first] = pools.items ?? [];
  return (
    <>
      <PageHeader
        title="Import tenants"
        parents={[{ label: "Tenants", href: "/tenants" }]}
        meta="Turn a folder of adapter folders, or a table, into a list with one row per tenant. Nothing is added until you confirm."
      />
      {pools.items === undefined ? (
        pools.problem ? (
          <ErrorState problem={pools.problem} onRetry={pools.retry} />
        ) : (
          <Skeleton className="h-80 w-full" />
        )
      ) : first === undefined ? (
        <EmptyState
          title="No pool to import into"
          action={
            <LinkButton href="/pools" variant="primary">
              Open pools
            </LinkButton>
          }
        >
          Adapters are checked against a pool's base model and rank, so add a pool first.
        </EmptyState>
      ) : (
        <NewImport pools={pools.items} first={first} />
      )}
      <DraftList />
    </>
  );
}

/** The form, with what the ways to fill it in need besides. */
function useImportForm(pools: readonly Pool[], first: Pool) {
  const router = useRouter();
  const create = useApiMutation("POST /imports");
  const check = useApiMutation("POST /imports/{importId}/check");
  const poolOf = (poolId: string) => pools.find(({ id }) => id === poolId) ?? first;
  const onMade = (importId: string) => router.push(`/tenants/import/${importId}`);
  const form = useApiForm<ImportValues>({
    start: {
      ...{ adapterName: "Assistant", way: "path", path: null, text: "", sourceId: null, folder: "" },
      poolId: first.id,
    },
    denied: useDenied("tenant.write"),
    callOf: (values) => {
      const body = importBody(values, poolOf(values.poolId), sources.items?.[0]?.id);
      return {
        schema: async () => (await import("#lib/registry/browser/import-schema.ts")).CreateImport,
        body,
        send: async () => {
          const { id } = await create.runAsync({ body });
          await check.runAsync({ params: { importId: id }, body: {} });
          onMade(id);
        },
      };
    },
  });
  const { way, poolId } = useFormValues(form);
  const sources = useApiList("GET /import-sources", { query: { limit: 200 } }, { enabled: way === "bucket" });
  return { form, pool: poolOf(poolId), sources, onMade };
}

function NewImport({ pools, first }: { pools: readonly Pool[]; first: Pool }) {
  const { form, pool, sources, onMade } = useImportForm(pools, first);
  const { adapterName, way } = useFormValues(form);
  return (
    <Card title="New import">
      <form
        onSubmit={(event) => (way === "drop" ? event.preventDefault() : form.submit(event))}
        className="flex flex-col gap-5"
        noValidate
      >
        <div className="grid max-w-160 grid-cols-1 gap-4 sm:grid-cols-2">
          <FormSelect
            form={form}
            name="poolId"
            label="Pool"
            hint={`${pool.baseModel}, rank ${pool.maxLoraRank}`}
            className="w-full *:[select]:w-full"
            options={pools.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <FormText
            form={form}
            name="adapterName"
            label="Adapter name"
            hint="Used for folders named only after a tenant."
            maxLength={80}
          />
        </div>
        <Segments
          label="Where the folders are"
          options={WAYS}
          value={way}
          onChange={(next) => form.setValue("way", next)}
        />
        {way === "path" && <FromPath form={form} pool={pool} />}
        {way === "drop" && (
          <FromDrop pool={pool} adapterName={adapterName.trim() || "Assistant"} denied={form.denied} onMade={onMade} />
        )}
        {way === "table" && <FromTable form={form} />}
        {way === "bucket" && <FromBucket form={form} sources={sources} />}
      </form>
    </Card>
  );
}

/** A folder of folders that the server reads where it stands. */
function FromPath({ form, pool }: { form: ApiForm<ImportValues>; pool: Pool }) {
  return (
    <>
      <FormText
        form={form}
        name="path"
        as={PROPOSED_TEXT}
        proposed={pool.adapterDirectory}
        errorsOf={["source", "path"]}
        label="Folder"
        hint="It holds one folder for each tenant, named <tenant> or <tenant>--<adapter>, at or below the pool's adapter directory."
        spellCheck={false}
        className="font-mono"
      />
      <SubmitRow form={form} label={CHECK_FOLDERS} />
    </>
  );
}
