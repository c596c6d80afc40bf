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
        text: "What each check tests, why it matters for vLLM, and how to fix a failure.",
      },
      {
        title: "Rejected versions",
        href: "/adapters?status=rejected",
        text: "Open a rejected version to see the reasons and fixes in its report.",
      },
      {
        title: "Training contracts",
        href: "/pools",
        text: "The requirements for adapters in a pool. Open the pool, then its contract. Pipelines can check against it.",
      },
    ],
  },
  {
    label: "Fleet",
    topics: [
      {
        title: "Add a node",
        href: "/nodes/add",
        text: "Switchyard inspects the node first and reports what fits.",
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
        text: "What each alert means, what to do first, and when to escalate. Each alert links to its runbook.",
      },
    ],
  },
  {
    label: "API",
    topics: [
      {
        title: "Errors",
        href: "/help/errors",
        text: "Every gateway error code and its fix. Customers can read it without signing in.",
      },
      {
        title: "API reference",
        href: "/api/v1/openapi.json",
        text: "Every route as an OpenAPI 3.1 document. The console uses the same API.",
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
