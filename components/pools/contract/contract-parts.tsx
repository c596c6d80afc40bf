"use client";

import { Fragment } from "react";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatBytes, formatCount, quantityText } from "#components/ui/format.ts";
import { useReader } from "#components/ui/reader.tsx";
import type { ContractDocument } from "#lib/registry/browser/contract-schema.ts";
import { groupedOptions } from "#lib/registry/browser/contract-text.ts";
import { RuleList } from "./rule-list.tsx";

type Module = NonNullable<ContractDocument["modules"]>[number];

const mono = (text: string) => <code className="font-mono text-xs">{text}</code>;

/** Where a LoRA may sit in this base. */
export function ContractModules({ contract }: { contract: ContractDocument }) {
  const { locale } = useReader();
  const count = (value: number) => <span className="tabular-nums">{formatCount(value, locale)}</span>;
  const columns: Column<Module>[] = [
    { id: "name", header: "Module", cell: ({ name }) => mono(name) },
    { id: "path", header: "Path in the base", cell: ({ path }) => mono(path), hideBelow: "sm", width: "w-full" },
    { id: "input", header: "In", align: "end", cell: ({ input }) => count(input) },
    { id: "output", header: "Out", align: "end", cell: ({ output }) => count(output) },
  ];
  if (contract.modules === null)
    return (
      <Card title="Modules it may touch">
        <p className="max-w-prose text-md text-fg-2">
          Switchyard does not know the modules of {contract.architecture}, so it does not compare names and shapes. It
          checks ranks, pairs and values, and the load probe decides.
        </p>
      </Card>
    );
  return (
    <Card title="Modules it may touch" aside={`${contract.modules.length} kinds`} flush>
      <DataTable
        label="Modules an adapter may touch"
        columns={columns}
        rows={contract.modules}
        rowKey={({ name }) => name}
        empty={<EmptyState title="This base model does not support LoRA" />}
        flush
      />
    </Card>
  );
}

/** What the folder may hold. */
export const ContractFiles = ({ contract }: { contract: ContractDocument }) => (
  <Card title="Files" aside="other files are ignored; pickles, archives and executables are refused" flush>
    <RuleList
      flush
      rows={contract.files.map(({ name, isRequired, mostBytes, why }) => ({
        key: name,
        label: mono(name),
        value: `${isRequired ? "Required" : "Optional"}, at most ${quantityText(formatBytes(mostBytes))}`,
        why,
      }))}
    />
  </Card>
);

/** PEFT options that vLLM refuses or, worse, ignores. */
export const ContractOptions = ({ contract }: { contract: ContractDocument }) => (
  <Card title="Options that are refused" aside={`${contract.forbidden.length} of PEFT's LoraConfig`} flush>
    <RuleList
      flush
      rows={groupedOptions(contract.forbidden).map(({ options, why, instead }) => ({
        key: options.join(" "),
        label: (
          <span className="flex flex-col gap-0.5">
            {options.map((option) => (
              <Fragment key={option}>{mono(option)}</Fragment>
            ))}
          </span>
        ),
        value: why,
        why: instead,
      }))}
    />
  </Card>
);
