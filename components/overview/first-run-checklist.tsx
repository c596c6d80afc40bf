"use client";

import Link from "next/link";
import type { FirstRun } from "#lib/journey/schema.ts";
import { LinkButton, TextLink } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { firstRunCall } from "../ui/page-calls.ts";
import { Pending } from "../ui/skeleton.tsx";
import { StatusShape } from "../ui/status.tsx";
import { useApi } from "../ui/use-api.ts";

type Item = FirstRun["items"][number];

/** Once this few are left, they are a line above the page rather than its subject. */
const FEW = 2;

/** From nothing to the first live version. Each line ticks itself when the catalog shows that it is so. */
export function FirstRunChecklist({ isCentre = false }: { /** Nothing else is on the page. */ isCentre?: boolean }) {
  const read = useApi(...firstRunCall, { refreshMs: 5000 });
  if (read.isPending) return <Pending />;
  if (!read.data || read.data.done) return null;
  const { items } = read.data;
  const left = items.filter((item) => !item.done);
  const next = left[0];
  if (!next) return null;
  if (left.length <= FEW) return <Remaining next={next} done={items.length - left.length} of={items.length} />;
  return (
    <Card
      title={isCentre ? "Steps to your first live version" : "First run"}
      aside={`${items.length - left.length} of ${items.length} done`}
    >
      <ol className={cn("flex flex-col", isCentre ? "gap-3 py-1" : "gap-1.5")}>
        {items.map((item) => (
          <ChecklistItem key={item.key} item={item} isNext={item === next} />
        ))}
      </ol>
    </Card>
  );
}

function ChecklistItem({ item, isNext }: { item: Item; isNext: boolean }) {
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 text-md" aria-current={isNext ? "step" : undefined}>
      <span className="flex h-5 items-center">
        <StatusShape state={item.done ? "ok" : isNext ? "warn" : "off"} />
      </span>
      <div className="min-w-0 grow basis-56">
        {item.href && !item.done && !isNext ? (
          <Link href={item.href} className="underline-offset-2 hover:underline">
            {item.title}
          </Link>
        ) : (
          <span className={cn(item.done && "text-fg-2", isNext && "font-medium")}>{item.title}</span>
        )}
        <span className="sr-only">{item.done ? " (done)" : " (to do)"}</span>
        {isNext && <p className="text-sm text-fg-2">{item.detail}</p>}
      </div>
      {isNext && item.href && (
        <LinkButton href={item.href} variant="primary" size="sm" className="max-sm:ms-6">
          {item.title}
        </LinkButton>
      )}
    </li>
  );
}

function Remaining({ next, done, of }: { next: Item; done: number; of: number }) {
  return (
    <Notice tone="busy" action={next.href && <TextLink href={next.href}>{next.title}</TextLink>}>
      First run: {done} of {of} done. Next: {next.title.charAt(0).toLowerCase() + next.title.slice(1)}. {next.detail}
    </Notice>
  );
}
