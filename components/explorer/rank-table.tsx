import type { ReactNode } from "react";
import { TextLink } from "#components/ui/button.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";

export type RankColumn<Row> = { header: string; cell: (row: Row) => ReactNode };

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
            {columns.map(({ header }) => (
              <th key={header} scope="col" className="whitespace-nowrap ps-4 pb-1 text-end font-medium">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className="border-t">
              <th scope="row" className="h-(--row) max-w-48 truncate text-start font-normal">
                <TextLink href={`${boards}/${row.id}`}>{row.name}</TextLink>
              </th>
              {columns.map(({ header, cell }) => (
                <td key={header} className="whitespace-nowrap ps-4 text-end">
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
