import type { ReactNode } from "react";
import { KEPT_DAYS } from "#lib/evals/browser/recording-limits.ts";

const FACTS: readonly { title: string; text: ReactNode }[] = [
  {
    title: "What is kept",
    text: (
      <>
        What you ask: the whole conversation as it is sent, instructions included, and the tools it offers. What your
        live version answers: which tools it calls, and with what. One request a second at most is looked at, and none
        takes longer for it.
      </>
    ),
  },
  {
    title: "What is replaced before it is stored",
    text: (
      <>
        E-mail addresses, links, telephone and card numbers and every other number of 5 digits and more, IBANs, keys and
        tokens, IP addresses, UUIDs, the words you list, and names and addresses that your model passes to a tool as
        such. Each gets a stand-in, the same throughout one request.
      </>
    ),
  },
  {
    title: "What is not recognised",
    text: (
      <>
        Names in running text that no tool is given, dates, and numbers of up to 4 digits. They stay as they are: list
        the names that matter, and look at what is kept. Definitions of tools are kept as they are. Requests with
        pictures are left out.
      </>
    ),
  },
  { title: "Who sees it", text: "Your admins and viewers, on this page, and your provider's staff." },
  {
    title: "For how long",
    text: `Each request is deleted ${KEPT_DAYS} days after it was asked. You can take single ones out, end it and delete everything at any time.`,
  },
  {
    title: "What it is used for",
    text: "Tests that new versions of your model have to pass before they go live. A request that has become a prompt of a test suite stays in it, also when the request is deleted.",
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
