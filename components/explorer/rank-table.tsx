import type { ReactNode } from "react";
import { TextLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";

export type RankColumn<Row> = {
  header: string;
  cell: (row: Row) => ReactNode;
  /** On phones it stands with its header under the name. */
  isFolded?: boolean;
};

/** The worst few, each with its figures and the way to its board. @param boards the path that the ids stand under */
export function RankTable<Row extends { id: string; name: string }>({
  label,
  columns,
  rows,
  boards,
}: {
  label: string;
  columns: readonly RankColumn<Row>[];
  rows: readonly Row[];
  boards: string;
}) {
  return (
    // words for screen readers are placed by their nearest positioned ancestor, and would widen the page from elsewhere
    <ScrollRegion label={label} className="relative overflow-x-auto">
      <table className="w-full text-sm">
        <thead>
          <tr className="text-xs text-fg-2">
            <th scope="col" className="pb-1 text-start font-medium">
              Name
            </th>
            {columns.map(({ header, isFolded }) => (
              <th
                key={header}
                scope="col"
                className={cn("whitespace-nowrap ps-4 pb-1 text-end font-medium", isFolded && "max-sm:hidden")}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className="border-t">
              <th
                scope="row"
                className="h-(--row) text-start font-normal max-sm:py-1.5 max-sm:break-words sm:max-w-48 sm:truncate"
              >
                <TextLink href={`${boards}/${row.id}`}>{row.name}</TextLink>
                <Folded columns={columns} row={row} />
              </th>
              {columns.map(({ header, cell, isFolded }) => (
                <td key={header} className={cn("whitespace-nowrap ps-4 text-end", isFolded && "max-sm:hidden")}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

const Folded = <Row,>({ columns, row }: { columns: readonly RankColumn<Row>[]; row: Row }) =>
  columns.map(
    ({ header, cell, isFolded }) =>
      isFolded && (
        <span key={header} className="block text-xs text-fg-2 sm:hidden">
          {header}: {cell(row)}
        </span>
      ),
  );
