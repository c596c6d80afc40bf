"use client";

import Link from "next/link";
import { useState } from "react";
import type { CheckGroup } from "#lib/registry/browser/finding-codes.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { GROUP_TITLES } from "../ui/findings/report.ts";
import { Input } from "../ui/input.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { StatusShape } from "../ui/status.tsx";
import { type CheckLine, findChecks } from "./find-checks.ts";
import { SEVERITY } from "./severity.ts";

/** Every check an adapter goes through, in quiet shapes (nothing is wrong here), by group, with a search over codes and words. */
export function ChecksPage({ checks, query }: { checks: readonly CheckLine[]; query: string }) {
  const [text, setText] = useState(query);
  const search = (value: string) => {
    setText(value);
    const { pathname } = window.location;
    window.history.replaceState(
      null,
      "",
      value.trim() ? `${pathname}?q=${encodeURIComponent(value.trim())}` : pathname,
    );
  };
  const found = findChecks(checks, text);
  const groups = [...new Set(found.map(({ group }) => group))];
  return (
    <>
      <PageHeader
        title="Check codes"
        parents={[{ label: "Help", href: "/help" }]}
        meta="The checks every version must pass before it reaches a node."
      />
      <search className="flex flex-wrap items-center gap-3">
        <Input
          type="search"
          aria-label="Search checks"
          placeholder="Code or words, such as prefix or rank"
          value={text}
          onChange={(event) => search(event.target.value)}
          className="w-80 max-sm:w-full"
        />
        <p role="status" className="text-sm text-fg-2">
          {found.length === checks.length ? `${checks.length} checks` : `${found.length} of ${checks.length} checks`}
        </p>
      </search>
      {groups.length === 0 && (
        <EmptyState title="No checks match">Try one word of the finding, or part of its code.</EmptyState>
      )}
      {groups.map((group) => (
        <CheckGroupList key={group} group={group} checks={found.filter((check) => check.group === group)} />
      ))}
    </>
  );
}

function CheckGroupList({ group, checks }: { group: CheckGroup; checks: readonly CheckLine[] }) {
  return (
    <section id={group} className="flex scroll-mt-16 flex-col gap-2">
      <h2 className="text-lg font-semibold">{GROUP_TITLES[group]}</h2>
      <ul className="flex flex-col divide-y rounded-card border">
        {checks.map((check) => (
          <CheckRow key={check.code} check={check} />
        ))}
      </ul>
    </section>
  );
}

function CheckRow({ check: { code, severity, title, proves } }: { check: CheckLine }) {
  const { role, word } = SEVERITY[severity];
  return (
    <li className="relative flex gap-3 px-3 py-2 text-sm hover:bg-sub">
      <span className="flex h-5 items-center text-fg-3">
        <StatusShape state={role} inherit />
      </span>
      <div className="grid min-w-0 grow gap-x-6 gap-y-0.5 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]">
        <Link href={`/help/checks/${code}`} prefetch={false} className="font-medium after:absolute after:inset-0">
          <span className="sr-only">{word}: </span>
          {title}
        </Link>
        <p className="text-fg-2">{proves}</p>
        <code className="font-mono text-xs leading-5 text-fg-3 lg:w-56 lg:text-end">{code}</code>
      </div>
    </li>
  );
}
