import Link from "next/link";
import { runbookPath } from "#lib/alerting/browser/alert-kinds.ts";
import type { AlertRule } from "#lib/alerting/browser/rule-table.ts";
import { PageHeader } from "../ui/page-header.tsx";

/** What to do about each kind of alert. */
export function RunbooksPage({ lines }: { lines: readonly { rule: AlertRule; title: string; means: string }[] }) {
  return (
    <>
      <PageHeader
        title="Runbooks"
        parents={[{ label: "Help", href: "/help" }]}
        meta="What each alert means, what to do first, and when to escalate."
      />
      <ul className="flex flex-col divide-y rounded-card border">
        {lines.map(({ rule, title, means }) => (
          <li
            key={rule}
            className="relative grid gap-x-6 gap-y-0.5 px-3 py-2 text-sm hover:bg-sub lg:grid-cols-[minmax(0,1fr)_minmax(0,3fr)_auto]"
          >
            <Link href={runbookPath(rule)} prefetch={false} className="font-medium after:absolute after:inset-0">
              {title}
            </Link>
            <p className="text-fg-2">{means}</p>
            <code className="font-mono text-xs leading-5 text-fg-3 lg:w-40 lg:text-end">{rule}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
