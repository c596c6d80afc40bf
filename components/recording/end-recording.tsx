"use client";

import { useState } from "react";
import type { RecordingState } from "#lib/evals/browser/recording-schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { formatCount } from "../ui/format.ts";
import { useDenied, useReader } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { type Audience, requests } from "./recording-words.ts";

type Way = "stop" | "withdraw";

/** Keeps no more, or also deletes what was kept; nothing at all where there is nothing to end. */
export function EndRecording({ state, audience }: { state: RecordingState; audience: Audience }) {
  const [asking, setAsking] = useState<Way | null>(null);
  const [shown, setShown] = useState<Way>("stop");
  const { locale } = useReader();
  const denied = useDenied("recording.end");
  const end = useApiMutation("POST /adapters/{adapterId}/recording/end", {
    onDone: () => {
      notify({ title: shown === "stop" ? "Recording stopped" : "Recorded requests deleted", tone: "ok" });
      setAsking(null);
    },
  });
  const isOpen = state.recording !== null && state.recording.endedAt === null;
  const open = (way: Way) => {
    end.reset();
    setShown(way);
    setAsking(way);
  };
  const words = wordsOf({ isOpen, cases: state.cases, count: formatCount(state.cases, locale), audience })[shown];
  const deleteLabel = isOpen ? "Stop and delete everything" : "Delete everything";
  return (
    <>
      {isOpen && (
        <Button disabledReason={denied} onClick={() => open("stop")}>
          Stop recording
        </Button>
      )}
      {(isOpen || state.cases > 0) && (
        <Button disabledReason={denied} onClick={() => open("withdraw")}>
          {deleteLabel}
        </Button>
      )}
      <ConfirmDialog
        open={asking !== null}
        onOpenChange={(stays) => setAsking(stays ? shown : null)}
        title={words.title}
        confirmLabel={shown === "stop" ? "Stop recording" : deleteLabel}
        tone={shown === "stop" ? "primary" : "danger"}
        pending={end.isPending}
        problem={end.problem}
        onConfirm={() => end.run({ params: { adapterId: state.adapterId }, body: { withdraw: shown === "withdraw" } })}
      >
        <p>{words.follows}</p>
        <p>{words.stays}</p>
      </ConfirmDialog>
    </>
  );
}

function wordsOf({
  isOpen,
  cases,
  count,
  audience,
}: {
  isOpen: boolean;
  cases: number;
  count: string;
  audience: Audience;
}) {
  const again = audience === "customer" ? "You can allow it again." : "Only the customer can allow it again.";
  const kept = requests(cases, count);
  return {
    stop: {
      title: "Stop recording?",
      follows: `No further requests are recorded. ${again}`,
      stays:
        cases === 0
          ? "None recorded so far."
          : `${kept} stay${cases === 1 ? "s" : ""} for ${cases === 1 ? "its" : "their"} time.`,
    },
    withdraw: {
      title: isOpen ? "Stop recording and delete everything?" : "Delete every recorded request?",
      follows:
        cases === 0
          ? `No further requests are recorded. None recorded so far. ${again}`
          : `${kept} ${cases === 1 ? "is" : "are"} deleted now and cannot be restored.${isOpen ? ` No further requests are recorded. ${again}` : ""}`,
      stays: "Suites made from recorded requests keep their prompts.",
    },
  } satisfies Record<Way, { title: string; follows: string; stays: string }>;
}
