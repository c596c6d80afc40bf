"use client";

import Download from "lucide-react/icons/download";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyBlock, CopyId } from "#components/ui/copy.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { saveText } from "#components/ui/save-text.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { ContractDocument } from "#lib/registry/browser/contract-schema.ts";
import { contractMarkdown, loraConfigSnippet } from "#lib/registry/browser/contract-text.ts";
import { ContractCheck } from "./contract-check.tsx";
import { ContractFiles, ContractModules, ContractOptions } from "./contract-parts.tsx";
import { RuleList } from "./rule-list.tsx";

/** What a training pipeline must keep to: to read, to take away, and to hold a folder against. */
export function PoolContract({ poolId }: { poolId: string }) {
  const read = useApi("GET /pools/{poolId}/training-contract", { params: { poolId } });
  const contract = read.data;
  if (!contract) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return (
      <div className="grid gap-6" aria-busy="true">
        <Skeleton className="h-120 w-full" />
        <Skeleton className="h-60 w-full" />
      </div>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <Card title="Adapter requirements" actions={<Downloads contract={contract} />}>
        <p className="mb-4 max-w-prose text-md text-fg-2">
          Share this with the training team. Every version is checked against it before it can reach a node.
        </p>
        <Rules contract={contract} />
      </Card>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
        <Card title="LoraConfig" aside="PEFT, ready to paste">
          <CopyBlock text={loraConfigSnippet(contract).trimEnd()} label="Copy the LoraConfig" />
        </Card>
        <Card title="Check a folder">
          <ContractCheck contract={contract} />
        </Card>
      </div>
      <ContractModules contract={contract} />
      <ContractFiles contract={contract} />
      <ContractOptions contract={contract} />
      <Card title="In a pipeline">
        <Pipeline contract={contract} />
      </Card>
    </div>
  );
}

function Downloads({ contract }: { contract: ContractDocument }) {
  const name = `training-contract-${contract.pool.slug}`;
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        size="sm"
        icon={<Download />}
        onClick={() => saveText(`${name}.json`, `${JSON.stringify(contract, null, 2)}\n`, "application/json")}
      >
        Download JSON
      </Button>
      <Button
        size="sm"
        icon={<Download />}
        onClick={() => saveText(`${name}.md`, contractMarkdown(contract), "text/markdown")}
      >
        Download Markdown
      </Button>
    </div>
  );
}

/** Each rule with its value, and why it is one. */
function Rules({ contract }: { contract: ContractDocument }) {
  return (
    <RuleList
      rows={contract.rules.map((rule) => ({
        key: rule.id,
        label: rule.label,
        value: <RuleValue contract={contract} rule={rule} />,
        why: rule.why,
      }))}
    />
  );
}

/** Checksums are shortened and copied whole. */
function RuleValue({ contract, rule }: { contract: ContractDocument; rule: ContractDocument["rules"][number] }) {
  const checksum = checksumOf(contract, rule.id);
  if (checksum === null) return <span className="font-medium">{rule.value}</span>;
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      {rule.id === "architecture" && <span className="font-medium">{contract.architecture}</span>}
      <CopyId id={checksum} label={`SHA-256 of ${rule.label.toLowerCase()}`} />
    </span>
  );
}

function checksumOf(contract: ContractDocument, ruleId: string): string | null {
  switch (ruleId) {
    case "architecture":
      return contract.architectureChecksum;
    case "tokenizer":
      return contract.tokenizerChecksum;
    case "chat_template":
      return contract.chatTemplateChecksum;
    default:
      return null;
  }
}

function Pipeline({ contract }: { contract: ContractDocument }) {
  const file = `training-contract-${contract.pool.slug}.json`;
  return (
    <div className="flex flex-col gap-3 text-sm text-fg-2">
      <p className="max-w-prose text-md">
        Runs the same checks on a local folder, without a server, and reads every weight. Exit code 0 means accepted, 1
        means refused.
      </p>
      <CopyBlock text={`npm run check-adapter -- ./adapter --contract ${file} --json`} label="Copy the command" />
      <p>
        The contract from the API, as JSON and as Markdown:{" "}
        <code className="font-mono text-xs break-all">GET /api/v1/pools/{contract.pool.id}/training-contract</code>,{" "}
        <code className="font-mono text-xs break-all">…/training-contract.md</code>
      </p>
    </div>
  );
}
