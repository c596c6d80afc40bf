"use client";

import Link from "next/link";
import { Card } from "../ui/card.tsx";
import { StatusShape } from "../ui/status.tsx";
import { useApi } from "../ui/use-api.ts";

/** From nothing to the first live version. Each line ticks itself when the catalog shows that it is so. */
export function FirstRunChecklist() {
  const read = useApi("GET /first-run", {}, { refreshMs: 5000 });
  if (!read.data || read.data.done) return null;
  const left = read.data.items.filter((item) => !item.done);
  const next = left[0]?.key;
  return (
    <Card title="First run" aside={`${read.data.items.length - left.length} of ${read.data.items.length} done`}>
      <ol className="flex flex-col gap-1.5">
        {read.data.items.map((item) => (
          <li key={item.key} className="flex items-start gap-3 text-md">
            <span className="flex h-5 items-center">
              <StatusShape state={item.done ? "ok" : "off"} />
            </span>
            <div className="min-w-0">
              {item.href && !item.done ? (
                <Link href={item.href} className="text-accent underline-offset-2 hover:underline">
                  {item.title}
                </Link>
              ) : (
                <span className={item.done ? "text-fg-2" : undefined}>{item.title}</span>
              )}
              <span className="sr-only">{item.done ? " (done)" : " (to do)"}</span>
              {item.key === next && <p className="text-sm text-fg-2">{item.detail}</p>}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
