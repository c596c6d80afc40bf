import Link from "next/link";
import type { ReactNode } from "react";
import { runbookPath } from "#lib/alerting/browser/alert-kinds.ts";
import type { AlertRule } from "#lib/alerting/browser/rule-table.ts";
import type { Runbook, RunbookStep } from "#lib/alerting/browser/runbooks.ts";
import { TextLink } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { PageHeader } from "../ui/page-header.tsx";

type Titled = { rule: AlertRule; title: string };
type RunbookPageProps = Titled & { runbook: Runbook; others: readonly Titled[] };

/** What to do about one kind of alert, in the order in which somebody just woken needs it. */
export function RunbookPage({ rule, title, runbook, others }: RunbookPageProps) {
  const { means, check, first, next, escalate, over } = runbook;
  return (
    <>
      <PageHeader
        title={title}
        parents={[
          { label: "Help", href: "/help" },
          { label: "Runbooks", href: "/help/runbooks" },
        ]}
        meta={
          <span className="inline-flex items-center gap-0.5">
            <code className="font-mono text-xs">{rule}</code>
            <CopyButton text={rule} label="Copy rule" />
          </span>
        }
        secondary={<TextLink href="/alerts">Open alerts</TextLink>}
      />
      <div className="grid grid-cols-1 gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,72ch)_minmax(0,1fr)]">
        <div className="flex flex-col gap-6 text-md">
          <Part title="Meaning">
            <p>{means}</p>
          </Part>
          <Part title="First step">
            <p className="font-medium text-fg">
              <Step step={first} />
            </p>
          </Part>
          <Part title="Check">
            <Steps steps={check} />
          </Part>
          <Part title="Then">
            <Steps steps={next} />
          </Part>
          <Part title="When to escalate">
            <p>{escalate}</p>
          </Part>
          <Part title="When it resolves">
            <p>{over}</p>
          </Part>
        </div>
        <Others rule={rule} others={others} />
      </div>
    </>
  );
}

const Others = ({ rule, others }: Pick<RunbookPageProps, "rule" | "others">) => (
  <nav aria-label="Runbooks" className="flex flex-col gap-2 text-sm lg:-ms-2">
    <h2 className="text-lg font-semibold lg:ps-2">Other runbooks</h2>
    <ul className="flex flex-col">
      {others.map((one) => (
        <li key={one.rule}>
          <Link
            href={runbookPath(one.rule)}
            prefetch={false}
            aria-current={one.rule === rule ? "page" : undefined}
            className="flex min-h-7 items-center rounded-control px-2 py-1 text-fg-2 hover:bg-off-tint hover:text-fg aria-[current]:font-medium aria-[current]:text-fg pointer-coarse:min-h-10"
          >
            {one.title}
          </Link>
        </li>
      ))}
    </ul>
  </nav>
);

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="flex flex-col gap-1 text-fg-2">
    <h2 className="text-lg font-semibold text-fg">{title}</h2>
    {children}
  </section>
);

const Steps = ({ steps }: { steps: readonly RunbookStep[] }) => (
  <ol className="flex list-decimal flex-col gap-1.5 ps-5">
    {steps.map((step) => (
      <li key={step.text}>
        <Step step={step} />
      </li>
    ))}
  </ol>
);

const Step = ({ step: { text, page } }: { step: RunbookStep }) => (
  <>
    {text}
    {page && (
      <>
        {" "}
        <TextLink href={page.href}>{page.label}</TextLink>
      </>
    )}
  </>
);
