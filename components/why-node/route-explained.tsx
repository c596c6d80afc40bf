"use client";

import type { RouteExplanation } from "#lib/gateway/browser/route-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { Notice } from "../ui/card.tsx";
import { formatShare, quantityText } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { StatusShape } from "../ui/status.tsx";
import type { StateRole } from "../ui/status-words.ts";
import { OptionCard } from "./option-card.tsx";
import { staffWords } from "./staff-words.ts";

/** The answer in a sentence, what else happens to some requests, and every way to answer in its order. */
export function RouteExplained({ route }: { route: RouteExplanation }) {
  const isStaff = useReader().may.includes("fleet.read");
  const answer = route.kind === "refused" ? route.rejection.message : route.sentence;
  return (
    <>
      <p data-answer="" className="flex items-start gap-2 text-md font-medium">
        <span className="flex h-5 items-center">
          <StatusShape state={stateOf(route)} />
        </span>
        {isStaff ? staffWords(answer) : answer}
      </p>
      {route.kind === "refused" ? <Code code={route.rejection.code} /> : <Explained route={route} />}
    </>
  );
}

type ExplainedRoute = Extract<RouteExplanation, { kind: "explained" }>;

function stateOf(route: RouteExplanation): StateRole {
  if (route.kind === "refused" || route.rejection !== null) return "bad";
  return route.options.find(({ isChosen }) => isChosen)?.isFallback === false ? "ok" : "warn";
}

function Explained({ route }: { route: ExplainedRoute }) {
  const { locale } = useReader();
  const percent = (value: number) => quantityText(formatShare(value / 100, locale));
  const { options, mirror, split, rejection, asOf, forced } = route;
  return (
    <>
      {rejection && <Code code={rejection.code} />}
      {asOf === null && (
        <Notice tone="warn">No gateway is reporting. Nodes are assumed up, and requests in flight are unknown.</Notice>
      )}
      {forced && <p className="text-md text-fg-2">An operator forced the fallback with a manual override.</p>}
      {split && (
        <p className="text-md text-fg-2">
          v{split.versionNumber} answers {percent(split.weight)} of the conversations; the rest are routed as shown
          here.
        </p>
      )}
      {mirror && (
        <p className="text-md text-fg-2">
          v{mirror.versionNumber} gets a copy of {percent(mirror.share)} of the requests; its answers are discarded.
        </p>
      )}
      <ol className="flex flex-col gap-3">
        {options.map((option, index) => (
          <OptionCard
            key={`${option.via} ${option.versionId} ${option.endpoint?.id}`}
            option={option}
            place={index + 1}
          />
        ))}
      </ol>
    </>
  );
}

const Code = ({ code }: { code: string }) => (
  <p className="text-md text-fg-2">
    The caller gets <code className="font-mono text-xs">{code}</code>:{" "}
    <TextLink href={`/help/errors#${code}`}>what this means</TextLink>.
  </p>
);
