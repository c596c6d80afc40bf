"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { GATE_PROMPTS_MIN } from "#lib/evals/browser/suite-sizes.ts";
import { excludedRate } from "#lib/evals/browser/what-a-pass-proves.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/card.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { fieldError } from "../ui/field-error.ts";
import { formatCount, formatShare, quantityText } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useApiMutation } from "../ui/use-api.ts";

/** Makes a suite of the requests that are kept, and leads to it. */
export function RecordedSuite({
  adapterId,
  cases,
  open,
  onOpenChange,
}: {
  adapterId: string;
  cases: number;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const { locale } = useReader();
  const [name, setName] = useState("Recorded requests");
  const create = useApiMutation("POST /adapters/{adapterId}/recorded/suite", {
    alsoRefresh: ["suites", "suite-readiness", "tenants"],
    onDone: (suite) => router.push(`/evals/suites/${suite.id}`),
  });
  const nameError = fieldError(create.problem, "name");
  const count = formatCount(cases, locale);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Make a suite"
      description={`Of the ${cases === 1 ? "one request" : `${count} requests`} that ${cases === 1 ? "is" : "are"} kept; duplicates become one prompt.`}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            variant="primary"
            pending={create.isPending}
            disabledReason={name.trim() === "" ? "Give it a name." : undefined}
            onClick={() => create.run({ params: { adapterId }, body: { name } })}
          >
            Make suite
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <TextField label="Name" error={nameError} value={name} onChange={setName} />
        <IsEnough cases={cases} />
        <p className="text-md text-fg-2">
          The live version's answers count as right; correct any that are wrong. Nothing is held out, because the
          customer has seen every request. Prompts are kept when the requests are deleted.
        </p>
        {create.problem && !nameError && <ErrorState problem={create.problem} size="inline" />}
      </div>
    </Dialog>
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
