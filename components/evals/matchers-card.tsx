"use client";

import type { Suite } from "#lib/evals/browser/suite-schema.ts";
import { EditCard } from "../ui/form/edit-card.tsx";
import { FormSelect, FormText } from "../ui/form/form-fields.tsx";
import { type ApiForm, useApiForm } from "../ui/form/use-api-form.ts";
import { useDenied } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { FormRows } from "./form-rows.tsx";

type Values = Pick<Suite, "matchers" | "generation">;
const MATCHERS = [
  { value: "iso-instant", label: "Same time" },
  { value: "uri", label: "Same address" },
  { value: "set", label: "Unordered list" },
  { value: "ignore", label: "Any value" },
] as const satisfies readonly { value: Suite["matchers"][number]["matcher"]; label: string }[];

/** How single arguments are compared in this suite where "exactly equal" is too strict. */
export function MatchersCard({ suite: { id, matchers, generation, isFinal } }: { suite: Suite }) {
  const params = { suiteId: id };
  const { retry } = useApi("GET /suites/{suiteId}", { params });
  const denied = useDenied("eval.run");
  const save = useApiMutation("PATCH /suites/{suiteId}", {
    onDone: () => notify({ title: "Comparison saved", tone: "ok" }),
  });
  const form = useApiForm<Values>({
    start: { matchers, generation },
    followsStart: true,
    denied: denied ?? (isFinal ? "A run used this revision, so it is locked. Edit it as a new revision." : undefined),
    callOf: ({ matchers, generation }) => ({
      schema: async () => (await import("#lib/evals/browser/suite-schema.ts")).ChangeSuite,
      body: { matchers },
      send: () => save.runAsync({ params, generation, body: { matchers } }),
    }),
  });
  return (
    <EditCard form={form} title="How arguments are compared" saveLabel="Save comparison" onDiscard={retry}>
      <Rows form={form} />
    </EditCard>
  );
}

function Rows({ form }: { form: ApiForm<Values> }) {
  return (
    <FormRows
      form={form}
      name="matchers"
      one="matcher"
      empty="Arguments must match exactly after normalisation. A matcher relaxes one argument of one tool."
      added={{ tool: "", path: "$.", matcher: "iso-instant" }}
    >
      {(at) => (
        <>
          <FormText
            form={form}
            name={`matchers.${at}.tool`}
            label={`Tool of matcher ${at + 1}`}
            isLabelHidden
            placeholder="Tool"
            className="w-48 font-mono text-xs"
          />
          <FormText
            form={form}
            name={`matchers.${at}.path`}
            label={`Path of matcher ${at + 1}`}
            isLabelHidden
            placeholder="$.items[*].at"
            className="w-48 font-mono text-xs"
          />
          <FormSelect
            form={form}
            name={`matchers.${at}.matcher`}
            label={`Comparison of matcher ${at + 1}`}
            isLabelHidden
            className="w-44"
            options={MATCHERS}
          />
        </>
      )}
    </FormRows>
  );
}
