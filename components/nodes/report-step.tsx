"use client";

import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { FindingGroups } from "./finding-groups.tsx";
import { InspectionProgress } from "./inspection-progress.tsx";
import { LimitList } from "./limit-list.tsx";
import { NodeMarks } from "./node-marks.tsx";
import type { AddNodeForm, Inspection } from "./use-add-node.ts";

const problemCount = ({ findings }: Inspection): number =>
  findings.filter(({ severity }) => severity === "problem").length;

/** What keeps a node from being added; undefined when nothing does. */
export const whyUnfit = (inspection: Inspection): string | undefined => {
  const count = problemCount(inspection);
  if (count === 0) return undefined;
  return `${count === 1 ? "A problem keeps" : `${count} problems keep`} it from being added: fix the node, then inspect it again.`;
};

/** What the inspection of the node found, with its limits and what it serves. */
export function ReportStep({ adding }: { adding: AddNodeForm }) {
  const { inspection } = adding;
  if (!inspection) return null;
  const unfit = whyUnfit(inspection);
  return (
    <div className="flex flex-col gap-5">
      {unfit && <Notice tone="bad">{unfit}</Notice>}
      <Served inspection={inspection} />
      <FindingGroups findings={inspection.findings} />
      {adding.isInspecting && <InspectionProgress />}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" disabledReason={unfit} onClick={() => adding.goTo("pool")}>
          Choose pool
        </Button>
        <Button pending={adding.isInspecting} onClick={() => adding.inspect("report")}>
          Poll again
        </Button>
        <Button variant="ghost" onClick={() => adding.goTo("address")}>
          Change address
        </Button>
      </div>
    </div>
  );
}

function Served({ inspection }: { inspection: Inspection }) {
  const { version, simulated, baseModels, limits, unmanagedAdapters } = inspection;
  return (
    <div className="grid grid-cols-1 gap-6 sm:grid-cols-2">
      <KeyValue
        rows={[
          {
            label: "Engine",
            value: (
              <span className="inline-flex flex-wrap gap-x-2">
                {version ? `vLLM ${version}` : "Unknown"} <NodeMarks node={{ simulated, standalone: false }} />
              </span>
            ),
          },
          { label: "Serves", value: baseModels.map(({ id }) => id).join(", ") || "No base model" },
          {
            label: "Loaded already",
            value: <Loaded names={unmanagedAdapters.map(({ loraName }) => loraName)} />,
          },
        ]}
      />
      {limits && <LimitList limits={limits} simulated={simulated} asOf={null} />}
    </div>
  );
}

const FEW = 3;

/** What it lists already: a few names at once, many folded behind their number. */
function Loaded({ names }: { names: readonly string[] }) {
  if (names.length === 0) return "Nothing";
  const list = (
    <ul className="flex flex-col gap-0.5">
      {names.map((name) => (
        <li key={name}>
          <code className="break-all font-mono text-xs">{name}</code>
        </li>
      ))}
    </ul>
  );
  if (names.length <= FEW) return list;
  return (
    <details>
      <summary className="min-h-6 w-fit cursor-pointer">{names.length} adapters</summary>
      {list}
    </details>
  );
}
