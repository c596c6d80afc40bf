"use client";

import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatBytes, formatCount, quantityText } from "#components/ui/format.ts";
import { useReader } from "#components/ui/reader.tsx";
import type { ContractDocument } from "#lib/registry/browser/contract-schema.ts";

type Module = NonNullable<ContractDocument["modules"]>[number];
type File = ContractDocument["files"][number];
type Option = ContractDocument["forbidden"][number];

const mono = (text: string) => <code className="font-mono text-xs">{text}</code>;
/** A sentence in a table may take several lines. */
const prose = (text: string) => <span className="block max-w-prose py-2 whitespace-normal text-fg-2">{text}</span>;

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
          Switchyard does not know the modules of {contract.architecture}, so names and shapes are not compared. Ranks,
          pairs and values are, and the load probe decides.
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
        empty={<EmptyState title="This base takes no LoRA" />}
        flush
      />
    </Card>
  );
}

const FILE_COLUMNS: readonly Column<File>[] = [
  { id: "name", header: "File", cell: ({ name }) => mono(name) },
  { id: "required", header: "Needed", cell: ({ isRequired }) => (isRequired ? "Required" : "Optional") },
  {
    id: "most",
    header: "At most",
    align: "end",
    hideBelow: "md",
    cell: ({ mostBytes }) => <span title={`${mostBytes} bytes`}>{quantityText(formatBytes(mostBytes))}</span>,
  },
  { id: "why", header: "What for", cell: ({ why }) => prose(why), hideBelow: "sm", width: "w-full" },
];

/** What the folder may hold. */
export const ContractFiles = ({ contract }: { contract: ContractDocument }) => (
  <Card title="Files" aside="everything else is left out, pickles and archives are refused" flush>
    <DataTable
      label="Files of an adapter"
      columns={FILE_COLUMNS}
      rows={contract.files}
      rowKey={({ name }) => name}
      empty={<EmptyState title="No files are named" />}
      flush
    />
  </Card>
);

const OPTION_COLUMNS: readonly Column<Option>[] = [
  { id: "option", header: "Option", cell: ({ option }) => mono(option) },
  { id: "why", header: "Why it is refused", cell: ({ why }) => prose(why), width: "w-1/2" },
  { id: "instead", header: "Instead", cell: ({ instead }) => prose(instead), hideBelow: "lg", width: "w-1/3" },
];

/** PEFT options that vLLM refuses or, worse, ignores. */
export const ContractOptions = ({ contract }: { contract: ContractDocument }) => (
  <Card title="Options that are refused" aside={`${contract.forbidden.length} of PEFT's LoraConfig`} flush>
    <DataTable
      label="PEFT options that are refused"
      columns={OPTION_COLUMNS}
      rows={contract.forbidden}
      rowKey={({ option }) => option}
      empty={<EmptyState title="Every option is allowed" />}
      flush
    />
  </Card>
);
