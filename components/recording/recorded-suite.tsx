"use client";

import { useRouter } from "next/navigation";
import { GATE_PROMPTS_MIN } from "#lib/evals/browser/suite-sizes.ts";
import { excludedRate } from "#lib/evals/browser/what-a-pass-proves.ts";
import { Notice } from "../ui/card.tsx";
import { EditDialog } from "../ui/form/edit-dialog.tsx";
import { FormText } from "../ui/form/form-fields.tsx";
import { useApiForm } from "../ui/form/use-api-form.ts";
import { formatCount, formatShare, quantityText } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { useApiMutation } from "../ui/use-api.ts";

/** Makes a suite of the requests that are kept, and leads to it. */
export function RecordedSuite({
  adapterId,
  cases,
  onClose,
}: {
  adapterId: string;
  cases: number;
  onClose: () => void;
}) {
  const router = useRouter();
  const { locale } = useReader();
  const create = useApiMutation("POST /adapters/{adapterId}/recorded/suite", {
    alsoRefresh: ["suites", "suite-readiness", "tenants"],
    onDone: (suite) => router.push(`/evals/suites/${suite.id}`),
  });
  const form = useApiForm({
    start: { name: "Recorded requests" },
    callOf: (body) => ({
      schema: async () => (await import("#lib/evals/browser/recording-schema.ts")).SuiteOfRecorded,
      body,
      send: () => create.runAsync({ params: { adapterId }, body }),
    }),
  });
  const count = formatCount(cases, locale);
  return (
    <EditDialog
      form={form}
      onClose={onClose}
      title="Make a suite"
      description={`Of the ${cases === 1 ? "one request" : `${count} requests`} that ${cases === 1 ? "is" : "are"} kept; duplicates become one prompt.`}
      submitLabel="Make suite"
    >
      <FormText form={form} name="name" label="Name" />
      <IsEnough cases={cases} />
      <p className="text-md text-fg-2">
        The live version's answers count as right; correct any that are wrong. Nothing is held out, because the customer
        has seen every request. Prompts are kept when the requests are deleted.
      </p>
    </EditDialog>
  );
}

/** Whether a gate takes a suite of so many, and what a pass of it proves. */
function IsEnough({ cases }: { cases: number }) {
  const { locale } = useReader();
  if (cases < GATE_PROMPTS_MIN)
    return (
      <Notice tone="warn">
        A gate needs {GATE_PROMPTS_MIN} prompts: a smaller run compares but cannot pass. Add prompts from another
        source, or wait for more requests.
      </Notice>
    );
  return (
    <p className="text-md">
      Enough for a gate. A pass of {formatCount(cases, locale)} without a loss excludes a regression rate above{" "}
      {quantityText(formatShare(excludedRate(cases), locale))}.
    </p>
  );
}
