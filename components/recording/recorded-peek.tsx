import type { RecordedCase } from "#lib/evals/browser/recording-schema.ts";
import { callsText } from "../ui/calls-text.ts";
import { Conversation } from "../ui/conversation.tsx";
import { CopyBlock, CopyId } from "../ui/copy.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { Time } from "../ui/time.tsx";
import { TakeOut } from "./take-out.tsx";

/** One request as it is kept, with what the live version answered. */
export function RecordedPeek({ recorded, onGone }: { recorded: RecordedCase; onGone: () => void }) {
  const tools = recorded.tools.map((tool) => tool.function.name).join(", ");
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-3">
        <p className="grow text-md text-fg-2">
          Expires <Time at={recorded.deleteAt} />.
        </p>
        <TakeOut recorded={recorded} onGone={onGone} />
      </div>
      <Conversation messages={recorded.messages} />
      <section className="flex flex-col gap-2">
        <h3 className="text-md font-semibold">What the live version called</h3>
        <CopyBlock text={callsText(recorded.expected.calls)} label="Copy calls" />
      </section>
      <KeyValue
        rows={[
          { label: "Tools", value: <span className="font-mono text-xs">{tools}</span> },
          { label: "Asked", value: <Time at={recorded.askedAt} as="absolute" /> },
          { label: "Version", value: <CopyId id={recorded.versionId} label="version id" /> },
          { label: "Id", value: <CopyId id={recorded.id} /> },
        ]}
      />
    </div>
  );
}
