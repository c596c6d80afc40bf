import type { ComparedCall } from "#lib/evals/schema.ts";
import { ByPlace } from "./by-place.tsx";
import { cn } from "./cn.ts";
import { ScrollRegion } from "./scroll-region.tsx";
import { StatusShape } from "./status.tsx";

const HEAD = "px-2 py-1.5 text-start text-xs font-medium text-fg-2";
const ROW = "max-sm:grid max-sm:grid-cols-3";

/**
 * The right call beside what both sides called, argument by argument; what differs stands first and is marked. On a phone an
 * argument stands above its three values, which had no room beside it.
 */
export function FieldDiff({
  calls,
  label,
  sides = ["Baseline", "Candidate"],
  right = "Expected",
}: {
  calls: readonly ComparedCall[];
  label: string;
  /** What the two who answered are called. */
  sides?: readonly [string, string];
  /** And what should have been answered. */
  right?: string;
}) {
  if (calls.length === 0) return <p className="text-sm text-fg-2">No tool call expected, and none was made.</p>;
  return (
    <ScrollRegion label={label} className="overflow-x-auto rounded-card border">
      <table aria-label={label} className="w-full table-fixed border-separate border-spacing-0 text-sm max-sm:block">
        <thead className="bg-sub max-sm:block">
          <tr className={ROW}>
            {["Argument", right, ...sides].map((name) => (
              <th key={name} scope="col" className={cn(HEAD, "first:max-sm:sr-only")}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <ByPlace items={calls}>
          {(call, at) => (
            <tbody className="max-sm:block">
              <Row path={calls.length > 1 ? `call ${at + 1}, tool` : "tool"} row={call} isHead />
              {call.rows.map((row) => (
                <Row key={row.path} path={row.path} row={row} />
              ))}
              {call.rowsLeftOut > 0 && (
                <tr className={ROW}>
                  <td colSpan={4} className="col-span-3 border-t px-2 py-1.5 text-fg-3">
                    {call.rowsLeftOut} more arguments. The raw reply shows all of them.
                  </td>
                </tr>
              )}
            </tbody>
          )}
        </ByPlace>
      </table>
    </ScrollRegion>
  );
}

type Beside = Pick<ComparedCall, "expected" | "baseline" | "candidate" | "baselineDiffers" | "candidateDiffers">;

function Row({ path, row, isHead = false }: { path: string; row: Beside; isHead?: boolean }) {
  return (
    <tr className={cn(ROW, isHead && "font-medium")}>
      <th
        scope="row"
        className="col-span-3 border-t px-2 py-1.5 text-start align-top font-mono text-xs font-normal break-all max-sm:pb-0 max-sm:text-fg-2"
      >
        {path}
      </th>
      <Cell text={row.expected} />
      <Cell text={row.baseline} differs={row.baselineDiffers} />
      <Cell text={row.candidate} differs={row.candidateDiffers} />
    </tr>
  );
}

function Cell({ text, differs = false }: { text: string | null; differs?: boolean }) {
  return (
    <td
      data-differs={differs || undefined}
      className={cn("px-2 py-1.5 align-top font-mono text-xs sm:border-t", differs && "bg-bad-tint text-bad")}
    >
      <span className="flex items-start gap-1.5">
        {differs && (
          <span className="mt-0.5">
            <StatusShape state="bad" />
            <span className="sr-only">differs: </span>
          </span>
        )}
        {text === null ? (
          <span className={differs ? undefined : "text-fg-3"}>not there</span>
        ) : (
          <span className="min-w-0 wrap-anywhere">{text}</span>
        )}
      </span>
    </td>
  );
}
