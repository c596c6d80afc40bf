import Link from "next/link";
import { PageHeader } from "../ui/page-header.tsx";

type Topic = { title: string; href: string; text: string };

const TOPICS: readonly { label: string; topics: readonly Topic[] }[] = [
  {
    label: "Adapters",
    topics: [
      {
        title: "Check codes",
        href: "/help/checks",
        text: "What every version is checked for, why vLLM makes it matter, and how to mend it.",
      },
      {
        title: "Rejected versions",
        href: "/adapters?status=rejected",
        text: "Each keeps its report: open one to read the reasons and their fixes.",
      },
      {
        title: "Training contracts",
        href: "/pools",
        text: "What a pool asks of an adapter: open the pool, then its contract. A pipeline can check against it.",
      },
    ],
  },
  {
    label: "Fleet",
    topics: [
      {
        title: "Add a node",
        href: "/nodes/add",
        text: "Switchyard looks at the node first and says what fits and what does not.",
      },
      {
        title: "Launch command",
        href: "/pools",
        text: "Every pool has the vLLM command that starts a node with its settings: open the pool, then Launch.",
      },
    ],
  },
  {
    label: "On call",
    topics: [
      {
        title: "Runbooks",
        href: "/help/runbooks",
        text: "What each alert means, what to do first, and when to call somebody. Each alert links its own.",
      },
    ],
  },
  {
    label: "API",
    topics: [
      {
        title: "Errors",
        href: "/help/errors",
        text: "Every code the gateway answers with, and what to change. Needs no sign-in, so that customers may read it.",
      },
      {
        title: "API reference",
        href: "/api/v1/openapi.json",
        text: "Every route as an OpenAPI 3.1 document. The console itself uses nothing else.",
      },
    ],
  },
];

/** Where to read on. */
export function HelpPage() {
  return (
    <>
      <PageHeader title="Help" meta="Press ? on any page for its keys." />
      <div className="grid grid-cols-1 gap-8 md:grid-cols-2 xl:grid-cols-4">
        {TOPICS.map(({ label, topics }) => (
          <section key={label} className="flex flex-col gap-2">
            <h2 className="text-lg font-semibold">{label}</h2>
            <ul className="flex flex-col divide-y rounded-card border">
              {topics.map(({ title, href, text }) => (
                <li key={title} className="relative flex flex-col gap-0.5 px-4 py-3 text-sm hover:bg-sub">
                  <Link href={href} prefetch={false} className="font-medium text-accent after:absolute after:inset-0">
                    {title}
                  </Link>
                  <p className="text-fg-2">{text}</p>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}
