"use client";

import { type FormEvent, useState } from "react";
import type { FallbackPolicy } from "#lib/pools/schema.ts";
import type { Tenant } from "#lib/registry/schema.ts";
import { Button } from "../../ui/button.tsx";
import { FALLBACK_OPTIONS } from "../../ui/fallback-policy.ts";
import { FallbackSelect } from "../../ui/fallback-select.tsx";
import { fieldError } from "../../ui/field-error.ts";
import { FormProblem } from "../../ui/form-problem.tsx";
import { type NameAndSlug, NameAndSlugFields, slugOf } from "../../ui/name-and-slug.tsx";
import { useApiMutation } from "../../ui/use-api.ts";
import { AsApi, curl } from "../as-api.tsx";

/** Who the customer is. It is in the catalog as soon as the button was pressed. */
export function TenantStep({ onDone }: { onDone: (tenant: Tenant) => void }) {
  const [named, setNamed] = useState<NameAndSlug>({ name: "", slug: null });
  const [fallback, setFallback] = useState<FallbackPolicy>("base_model");
  const create = useApiMutation("POST /tenants", { onDone });
  const body = { name: named.name, slug: slugOf(named), fallback };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.run({ body });
  };
  return (
    <>
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <NameAndSlugFields
          value={named}
          onChange={setNamed}
          slugHint="Part of every lora name and of x-tenant-id; it cannot change later."
          problem={create.problem}
        />
        <FallbackSelect
          label="When its version is unavailable"
          error={fieldError(create.problem, "fallback")}
          value={fallback}
          onChange={setFallback}
          hint="A hosted provider can be chosen on the tenant's Routing tab, once it has an endpoint there."
          options={FALLBACK_OPTIONS.filter(({ value }) => value !== "hosted_provider")}
        />
        <FormProblem problem={create.problem} fields={["name", "slug", "fallback"]} />
        <Button variant="primary" type="submit" pending={create.isPending} className="self-start">
          Add tenant
        </Button>
      </form>
      <AsApi commands={(base) => [curl(`${base}/tenants`, body)]} />
    </>
  );
}
