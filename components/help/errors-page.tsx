import { ERRORS } from "#lib/gateway/browser/error-codes.ts";
import { CopyButton } from "../ui/copy.tsx";
import { PageHeader } from "../ui/page-header.tsx";

type Entry = { code: string; status: number; says: string; fix: string };

const ENTRIES: readonly Entry[] = Object.entries(ERRORS).map(([code, { status, says, fix }]) => ({
  code,
  status,
  says,
  fix,
}));

/** By whose matter it is, in the order in which a request meets them. */
const GROUPS: readonly { title: string; text: string; has: (status: number) => boolean }[] = [
  {
    title: "Authentication",
    text: "The key and its tenant.",
    has: (status) => status === 401 || status === 403,
  },
  {
    title: "Request",
    text: "The request itself is invalid. An unchanged retry fails the same way.",
    has: (status) => status >= 400 && status < 500 && ![401, 403, 429].includes(status),
  },
  {
    title: "Limits",
    text: "The request is valid. Retry after the time in the Retry-After header.",
    has: (status) => status === 429,
  },
  {
    title: "Server errors",
    text: "Retry the request. If the error persists, send your provider the request id.",
    has: (status) => status >= 500,
  },
];

/** How a request may have ended without an answer of ours; these stand in its record, never in a reply. */
const RECORDED: readonly Entry[] = [
  {
    code: "client_gone",
    status: 499,
    says: "The caller closed the connection before the answer was complete.",
    fix: "Increase the client timeout, or stream the answer.",
  },
  {
    code: "upstream_broke",
    status: 502,
    says: "The answer stopped midway, after the first byte was sent.",
    fix: "Retry it. If the error persists, send your provider the request id.",
  },
];

/** Every error the gateway answers with: what it says and what to change. Replies link here by their code. */
export function ErrorsPage() {
  return (
    <>
      <PageHeader
        title="Errors"
        parents={[{ label: "Help", href: "/help" }]}
        meta="The gateway's error codes. Find the code in error.code of the reply and on the request's page."
      />
      {GROUPS.map(({ title, text, has }) => (
        <ErrorGroup key={title} title={title} text={text} entries={ENTRIES.filter(({ status }) => has(status))} />
      ))}
      <ErrorGroup
        title="Only on record"
        text="Outcomes without an error reply. The request's page shows them."
        entries={RECORDED}
      />
    </>
  );
}

const ErrorGroup = ({ title, text, entries }: { title: string; text: string; entries: readonly Entry[] }) => (
  <section className="flex flex-col gap-2">
    <h2 className="text-lg font-semibold">{title}</h2>
    <p className="max-w-prose text-md text-fg-2">{text}</p>
    <ul className="flex flex-col divide-y rounded-card border">
      {entries.map((entry) => (
        <ErrorRow key={entry.code} entry={entry} />
      ))}
    </ul>
  </section>
);

const ErrorRow = ({ entry: { code, status, says, fix } }: { entry: Entry }) => (
  <li
    id={code}
    className="grid scroll-mt-16 gap-x-6 gap-y-0.5 px-4 py-2.5 text-sm target:bg-warn-tint lg:grid-cols-[minmax(0,2fr)_minmax(0,5fr)]"
  >
    <div className="flex items-center gap-1.5">
      <span className="text-fg-3">{status}</span>
      <a href={`#${code}`} className="min-w-0 break-words">
        <code className="font-mono text-xs font-medium">{code}</code>
      </a>
      <CopyButton text={code} label={`Copy ${code}`} />
    </div>
    <div className="flex flex-col gap-0.5">
      <p>{says}</p>
      <p className="text-fg-2">{fix}</p>
    </div>
  </li>
);
