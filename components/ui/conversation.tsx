import type { SuiteCase } from "#lib/evals/browser/suite-schema.ts";
import { ByPlace } from "./by-place.tsx";

const SPEAKERS = { system: "System", user: "User", assistant: "Assistant", tool: "Tool's result" } as const;

/** What a prompt says, turn by turn. */
export function Conversation({ messages }: Pick<SuiteCase, "messages">) {
  return (
    <ol aria-label="Conversation" className="flex flex-col gap-3">
      <ByPlace items={messages}>
        {(message) => (
          <li className="rounded-card border px-3 py-2">
            <p className="text-xs font-medium text-fg-3">{SPEAKERS[message.role]}</p>
            {message.content && <p className="whitespace-pre-wrap break-words text-md">{message.content}</p>}
            {(message.tool_calls ?? []).map((call) => (
              <p key={call.id} className="break-words font-mono text-xs">
                {call.function.name} {call.function.arguments}
              </p>
            ))}
          </li>
        )}
      </ByPlace>
    </ol>
  );
}
