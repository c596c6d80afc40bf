import Link from "next/link";
import type { ReactNode } from "react";
import type { CheckEntry } from "#lib/registry/browser/check-catalogue.ts";
import { CopyButton } from "../ui/copy.tsx";
import { GROUP_TITLES } from "../ui/findings/report.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { StatusShape } from "../ui/status.tsx";
import { SEVERITY, STAGE } from "./severity.ts";

type CheckPageProps = { check: CheckEntry; siblings: readonly Pick<CheckEntry, "code" | "title" | "severity">[] };

/** One check: what it proves, why it matters, what to do. */
export function CheckPage({ check, siblings }: CheckPageProps) {
  const { code, title, severity, group, stage, proves, why, fix } = check;
  const { role, word, effect } = SEVERITY[severity];
  return (
    <>
      <PageHeader
        title={title}
        parents={[
          { label: "Help", href: "/help" },
          { label: "Check codes", href: "/help/checks" },
        ]}
        meta={
          <>
            <span className="inline-flex items-center gap-1.5">
              <StatusShape state={role} />
              {word}
            </span>
            <span>{GROUP_TITLES[group]}</span>
            <span className="inline-flex items-center gap-0.5">
              <code className="font-mono text-xs">{code}</code>
              <CopyButton text={code} label="Copy code" />
            </span>
          </>
        }
      />
      <div className="grid grid-cols-1 gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,72ch)_minmax(0,1fr)]">
        <div className="flex flex-col gap-6">
          <Part title={severity === "pass" ? "What it verifies" : "Finding"}>{proves}</Part>
          <Part title="Why it matters">{why}</Part>
          {fix && <Part title="What to do">{fix}</Part>}
          <Part title="Consequence">{effect}</Part>
          <Part title="Where it runs">{STAGE[stage]}.</Part>
        </div>
        <nav aria-label={GROUP_TITLES[group]} className="flex flex-col gap-2 text-sm lg:-ms-2">
          <h2 className="text-lg lg:ps-2 font-semibold">{GROUP_TITLES[group]}</h2>
          <ul className="flex flex-col">
            {siblings.map((sibling) => (
              <li key={sibling.code}>
                <Link
                  href={`/help/checks/${sibling.code}`}
                  prefetch={false}
                  aria-current={sibling.code === code ? "page" : undefined}
                  className="flex min-h-7 items-center gap-2 rounded-control px-2 py-1 text-fg-2 hover:bg-off-tint hover:text-fg aria-[current]:font-medium aria-[current]:text-fg pointer-coarse:min-h-10"
                >
                  <StatusShape state={SEVERITY[sibling.severity].role} inherit />
                  {sibling.title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-1">
      <h2 className="text-lg font-semibold">{title}</h2>
      <p className="max-w-prose text-md text-fg-2">{children}</p>
    </section>
  );
}
