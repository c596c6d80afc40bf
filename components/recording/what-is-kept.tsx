import type { ReactNode } from "react";
import { KEPT_DAYS } from "#lib/evals/browser/recording-limits.ts";

const FACTS: readonly { title: string; text: ReactNode }[] = [
  {
    title: "What is recorded",
    text: (
      <>
        Your requests: the whole conversation, including instructions, and the tools offered. Your live version's
        answers: the tool calls and their arguments. At most one request per second is examined, with no added latency.
      </>
    ),
  },
  {
    title: "What is replaced before it is stored",
    text: (
      <>
        E-mail addresses, links, IBANs, telephone numbers, card numbers and every other number with at least 5 digits.
        Keys, tokens, IP addresses, UUIDs, the words you list, and names and addresses that your model passes to a tool
        as such. Each is replaced by a placeholder, which is the same throughout one request.
      </>
    ),
  },
  {
    title: "What is not recognised",
    text: (
      <>
        Names in running text that no tool is given, dates, and numbers of up to 4 digits. They are not replaced: list
        the names that matter, and review the recorded requests. Tool definitions are stored unchanged. Requests with
        pictures are not recorded.
      </>
    ),
  },
  { title: "Who sees it", text: "Your admins and viewers, on this page, and your provider's staff." },
  {
    title: "For how long",
    text: `Each request is deleted ${KEPT_DAYS} days after it was sent. You can remove single requests, stop recording and delete everything at any time.`,
  },
  {
    title: "What it is used for",
    text: "Tests that new versions of your model have to pass before they go live. A request that became a test prompt stays in the suite, even after the request is deleted.",
  },
];

/** What a customer agrees to, in plain words. */
export function WhatIsKept() {
  return (
    <dl className="grid grid-cols-1 gap-x-8 gap-y-4 md:grid-cols-2">
      {FACTS.map(({ title, text }) => (
        <div key={title}>
          <dt className="text-md font-medium">{title}</dt>
          <dd className="mt-0.5 max-w-[72ch] text-md text-fg-2">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
