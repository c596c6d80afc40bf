"use client";

import type { RecordedCase } from "#lib/evals/browser/recording-schema.ts";
import { Button } from "../ui/button.tsx";
import { useDenied } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { promptOf } from "./recording-words.ts";

const NAMED_BY = 60;

/** Deletes one kept request: nobody tests with it any more. */
export function TakeOut({
  recorded,
  size = "md",
  onGone,
}: {
  recorded: RecordedCase;
  size?: "sm" | "md";
  onGone?: () => void;
}) {
  const denied = useDenied("recording.end");
  const takeOut = useApiMutation("DELETE /recorded/{recordedId}", {
    alsoRefresh: ["adapters"],
    onDone: () => {
      notify({ title: "Request removed", tone: "ok" });
      onGone?.();
    },
  });
  const { problem } = takeOut;
  return (
    <>
      <Button
        size={size}
        className="row-action"
        aria-label={`Remove: ${promptOf(recorded).slice(0, NAMED_BY)}`}
        disabledReason={denied}
        pending={takeOut.isPending}
        onClick={() => takeOut.run({ params: { recordedId: recorded.id } })}
      >
        Remove
      </Button>
      {problem && (
        <span role="alert" className="block whitespace-normal text-sm text-bad">
          {problem.detail}
        </span>
      )}
    </>
  );
}
