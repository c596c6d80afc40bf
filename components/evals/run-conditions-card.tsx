import type { Run } from "#lib/evals/schema.ts";
import { Card } from "../ui/card.tsx";
import { shortenId } from "../ui/format.ts";
import { KeyValue } from "../ui/key-value.tsx";

type Origin = NonNullable<NonNullable<Run["conditions"]>["baseline"]["origin"]>;

/** Everything but the adapter that can change an answer. Sides that differ in any of it are not compared. */
export function RunConditionsCard({ conditions }: { conditions: NonNullable<Run["conditions"]> }) {
  const { baseline, candidate } = conditions;
  const both = (name: "baseModel" | "vllmVersion" | "nodeGpu" | "toolParser" | "engineSettings"): string =>
    baseline[name] === candidate[name] ? baseline[name] : `${baseline[name]} against ${candidate[name]}`;
  return (
    <Card title="Conditions of the run">
      <KeyValue
        columns={2}
        rows={[
          { label: "Base model", value: both("baseModel") },
          { label: "Engine", value: both("vllmVersion") },
          { label: "GPU", value: both("nodeGpu") },
          { label: "Tool parser", value: both("toolParser") },
          { label: "Pool settings", value: both("engineSettings") },
          ...(baseline.origin ? [{ label: "Baseline", value: formatOrigin(baseline.origin) }] : []),
          { label: "Chat template", value: <Checksum of={candidate.chatTemplateChecksum} /> },
          { label: "Suite", value: <Checksum of={candidate.suiteHash} /> },
          {
            label: "Normaliser, rule",
            value: `version ${candidate.normaliserVersion}, version ${candidate.gateVersion}`,
          },
          { label: "Concurrency", value: candidate.concurrency },
          {
            label: "Sampling",
            value: Object.entries(candidate.sampling)
              .map(
                ([mode, { temperature, topP, takes }]) =>
                  `${mode}: temperature ${temperature}, top_p ${topP}, asked ${takes === 1 ? "once" : `${takes} times`} per side`,
              )
              .join("; "),
          },
        ]}
      />
    </Card>
  );
}

/** What a deployment of others tells of itself, and what nobody knows. */
const formatOrigin = ({ name, baseUrl, model, answeredAs }: Origin): string =>
  `${name}, ${baseUrl}, requested as ${model}, answered as ${answeredAs.join(", ") || "unknown"}; engine, GPU and settings are unknown`;

const Checksum = ({ of }: { of: string }) => <code className="font-mono text-xs">{shortenId(of)}</code>;
