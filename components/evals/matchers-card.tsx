"use client";

import { useState } from "react";
import type { Suite } from "#lib/evals/browser/suite-schema.ts";
import { Button } from "../ui/button.tsx";
import { ByPlace } from "../ui/by-place.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Input, Select } from "../ui/input.tsx";
import { useDenied } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { ProblemList } from "./problem-list.tsx";

type Matcher = Suite["matchers"][number];
const MATCHERS: readonly { value: Matcher["matcher"]; label: string }[] = [
  { value: "iso-instant", label: "Same time" },
  { value: "uri", label: "Same address" },
  { value: "set", label: "Unordered list" },
  { value: "ignore", label: "Any value" },
];

/** What was changed until it is saved. */
function useMatchers(suite: Suite) {
  const [edit, setEdit] = useState<readonly Matcher[] | null>(null);
  const save = useApiMutation("PATCH /suites/{suiteId}", {
    onDone: () => {
      setEdit(null);
      notify({ title: "Comparison saved", tone: "ok" });
    },
  });
  const shown = edit ?? suite.matchers;
  return {
    shown,
    isChanged: edit !== null,
    setEdit,
    set: (at: number, part: Partial<Matcher>) =>
      setEdit(shown.map((matcher, index) => (index === at ? { ...matcher, ...part } : matcher))),
    save: () =>
      save.run({ params: { suiteId: suite.id }, generation: suite.generation, body: { matchers: [...shown] } }),
    problem: save.problem,
    isPending: save.isPending,
  };
}

/** How single arguments are compared in this suite where "exactly equal" is too strict. */
export function MatchersCard({ suite }: { suite: Suite }) {
  const { shown, isChanged, setEdit, set, save, problem, isPending } = useMatchers(suite);
  const denied =
    useDenied("eval.run") ??
    (suite.isFinal ? "A run used this revision, so it is locked. Edit it as a new revision." : undefined);
  return (
    <Card
      title="How arguments are compared"
      actions={
        <Button
          size="sm"
          disabledReason={denied}
          onClick={() => setEdit([...shown, { tool: "", path: "$.", matcher: "iso-instant" }])}
        >
          Add matcher
        </Button>
      }
    >
      <div className="flex flex-col gap-2">
        {shown.length === 0 && (
          <p className="text-md text-fg-2">
            Arguments must match exactly after normalisation. A matcher relaxes one argument of one tool.
          </p>
        )}
        <ByPlace items={shown}>
          {(matcher, at) => (
            <MatcherRow
              matcher={matcher}
              place={at + 1}
              denied={denied}
              onChange={(part) => set(at, part)}
              onRemove={() => setEdit(shown.filter((_, index) => index !== at))}
            />
          )}
        </ByPlace>
        {problem && problem.errors.length > 0 && <ProblemList problems={problem.errors} />}
        {problem && problem.errors.length === 0 && <ErrorState problem={problem} size="inline" />}
        {isChanged && (
          <div className="flex gap-2">
            <Button pending={isPending} onClick={save}>
              Save comparison
            </Button>
            <Button variant="ghost" onClick={() => setEdit(null)}>
              Discard changes
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function MatcherRow({
  matcher,
  place,
  denied,
  onChange,
  onRemove,
}: {
  matcher: Matcher;
  place: number;
  denied: string | undefined;
  onChange: (part: Partial<Matcher>) => void;
  onRemove: () => void;
}) {
  const isReadOnly = denied !== undefined;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Input
        aria-label={`Tool of matcher ${place}`}
        placeholder="Tool"
        className="w-48 font-mono text-xs"
        readOnly={isReadOnly}
        value={matcher.tool}
        onChange={(event) => onChange({ tool: event.target.value })}
      />
      <Input
        aria-label={`Path of matcher ${place}`}
        placeholder="$.items[*].at"
        className="w-48 font-mono text-xs"
        readOnly={isReadOnly}
        value={matcher.path}
        onChange={(event) => onChange({ path: event.target.value })}
      />
      <Select
        aria-label={`Comparison of matcher ${place}`}
        className="w-44"
        disabled={isReadOnly}
        value={matcher.matcher}
        options={MATCHERS}
        onChange={(event) =>
          onChange({ matcher: MATCHERS.find(({ value }) => value === event.target.value)?.value ?? "ignore" })
        }
      />
      <Button size="sm" variant="ghost" disabledReason={denied} onClick={onRemove}>
        Remove<span className="sr-only"> matcher {place}</span>
      </Button>
    </div>
  );
}
