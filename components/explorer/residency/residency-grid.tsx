"use client";

import { type KeyboardEvent, type PointerEvent, type RefCallback, useId, useMemo, useState } from "react";
import { formatTimeTick, timeTicks, zoneName, zoneOffset } from "#components/charts/axis.ts";
import { useWidth } from "#components/charts/use-width.ts";
import { cn } from "#components/ui/cn.ts";
import { TierSquare } from "#components/ui/tier-mark.tsx";
import { useZone } from "#components/ui/time.tsx";
import type { ResidencyMap } from "#lib/metrics/browser/residency-map-schema.ts";
import {
  cellAt,
  type MapCell,
  type MapLine,
  type MapRun,
  type MapTier,
  mapLines,
  momentAt,
  nextCell,
  type PickedMoment,
  runText,
  WORDS,
} from "./map-lines.ts";
import { RunNote } from "./run-note.tsx";
import { TierBlock } from "./tier-block.tsx";

/** Narrower, and a short stay in a slot could not be seen: the box scrolls instead. */
const LEAST_COLUMN_PX = 4;
/** Room for a letter. */
const LETTER_PX = 14;

const cellId = (map: string, { line, run }: MapCell): string => `${map}-${line}-${run}`;

/** A tick so near an end stands beside its moment, not across it. */
const EDGE = 0.05;

/** What is newest is looked for first. */
const showEnd = (box: HTMLDivElement | null) => {
  if (box !== null) box.scrollLeft = box.scrollWidth;
};

/** Versions from top to bottom, time from left to right; read by pointer, or by arrow keys from run to run. */
export function ResidencyGrid({ map, nodeId }: { map: ResidencyMap; nodeId: string }) {
  const zone = useZone();
  const id = useId();
  const lines = useMemo(() => mapLines(map), [map]);
  const [attach, width] = useWidth<HTMLDivElement>();
  const { cell, ...handlers } = usePicked(lines, id);
  return (
    <div className="flex flex-col gap-2">
      <div ref={showEnd} className="relative overflow-x-auto pb-1">
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are walked is a grid.
          role="grid"
          tabIndex={0}
          aria-label="Location of each version's weights; use the arrow keys to move between segments"
          aria-activedescendant={cell ? cellId(id, cell) : undefined}
          className="w-full table-fixed border-separate border-spacing-0 focus-visible:-outline-offset-2"
          style={{ minWidth: `calc(${map.columns * LEAST_COLUMN_PX}px + 10rem)` }}
          {...handlers}
        >
          <colgroup>
            <col className="w-28 sm:w-56" />
            <col span={map.columns} />
            {map.measured && <col className="w-12" />}
          </colgroup>
          <tbody>
            {lines.map((line, index) => (
              <Line
                key={line.key}
                line={line}
                index={index}
                cell={cell}
                id={id}
                columnPx={width / map.columns}
                hasMeasured={map.measured !== null}
                textOf={(run) => runText(run, map, zone)}
              />
            ))}
          </tbody>
          <TimeAxis map={map} attach={attach} />
        </table>
      </div>
      <RunNote
        map={map}
        nodeId={nodeId}
        line={cell && lines[cell.line]}
        run={cell && lines[cell.line]?.runs[cell.run]}
      />
    </div>
  );
}

/** Where the reader is, by the last key or the last thing pointed at: it stays with its version when the map is read again. */
function usePicked(lines: readonly MapLine[], id: string) {
  const [picked, setPicked] = useState<PickedMoment | null>(null);
  const cell = picked && cellAt(lines, picked);
  const pick = (target: MapCell) => setPicked(momentAt(lines, target));
  const point = (event: PointerEvent) => {
    const { line, run } = (event.target as HTMLElement).closest<HTMLElement>("[data-run]")?.dataset ?? {};
    if (line === undefined || run === undefined) return;
    const target = { line: Number(line), run: Number(run) };
    if (cell?.line !== target.line || cell.run !== target.run) pick(target);
  };
  return {
    cell,
    onKeyDown: (event: KeyboardEvent) => {
      const next = nextCell(lines, cell ?? { line: 0, run: 0 }, event.key);
      if (next === null) return;
      event.preventDefault();
      const target = cell === null ? { line: 0, run: 0 } : next;
      pick(target);
      document.getElementById(cellId(id, target))?.scrollIntoView({ block: "nearest", inline: "nearest" });
    },
    // not `over`: a pointer that rests on the map would take the choice from the keyboard whenever the map is read again
    onPointerMove: point,
    onPointerDown: point,
  };
}

function TimeAxis({ map, attach }: { map: ResidencyMap; attach: RefCallback<HTMLDivElement> }) {
  const zone = useZone();
  const [from, to] = [Date.parse(map.from), Date.parse(map.to)];
  const shareOf = (at: number) => (at - from) / (to - from);
  return (
    <tfoot aria-hidden="true">
      <tr>
        <td className={cn(NAME, "text-xs text-fg-3")} suppressHydrationWarning>
          {zoneName(from, zone)}
        </td>
        <td colSpan={map.columns} className="p-0">
          <div ref={attach} className="relative h-5 border-t text-xs text-fg-3">
            {timeTicks(from, to, zoneOffset(from, zone)).map(({ at, stepMs }) => (
              <span
                key={at}
                className={cn(
                  "absolute top-0.5",
                  shareOf(at) > EDGE && "-translate-x-1/2",
                  shareOf(at) > 1 - EDGE && "-translate-x-full",
                )}
                style={{ insetInlineStart: `${shareOf(at) * 100}%` }}
                suppressHydrationWarning
              >
                {formatTimeTick(at, stepMs, zone)}
              </span>
            ))}
          </div>
        </td>
        {map.measured && <td />}
      </tr>
    </tfoot>
  );
}

const NAME = "sticky start-0 z-10 bg-bg py-0 ps-0 pe-2 text-start";

type LineProps = {
  line: MapLine;
  index: number;
  cell: MapCell | null;
  id: string;
  columnPx: number;
  hasMeasured: boolean;
  textOf: (run: MapRun) => string;
};

function Line({ line, index, cell, id, columnPx, hasMeasured, textOf }: LineProps) {
  const { name, row, runs } = line;
  return (
    <tr>
      <th
        scope="row"
        title={row?.loraName}
        className={cn(NAME, "truncate font-normal", row === null ? "text-xs text-fg-3" : "text-sm")}
      >
        {name}
      </th>
      {runs.map((run, at) => (
        <td
          key={run.column}
          id={cellId(id, { line: index, run: at })}
          colSpan={run.columns}
          aria-label={`${name}: ${textOf(run)}`}
          data-line={index}
          data-run={at}
          className={cn(
            "h-6 p-px",
            cell?.line === index && cell.run === at && "rounded-[3px] outline-2 outline-accent -outline-offset-1",
          )}
        >
          <span className="flex h-5 flex-col justify-end">
            <TierBlock is={run.is} hasRoom={run.columns * columnPx >= LETTER_PX} />
          </span>
        </td>
      ))}
      {hasMeasured && <Measured tier={row?.measured ?? null} isHead={row === null} />}
    </tr>
  );
}

/** What the node itself said, beside the end of the map. */
function Measured({ tier, isHead }: { tier: MapTier | null; isHead: boolean }) {
  if (isHead)
    return (
      <td aria-label="Current state as reported by the node (measured)" className="p-0 text-center text-xs text-fg-3">
        Now ●
      </td>
    );
  const words = tier === null ? "Not reported by the node" : `Reported by the node: ${WORDS[tier]}`;
  return (
    <td aria-label={words} title={words} className="p-0 text-center leading-none">
      {tier && <TierSquare tier={tier} />}
    </td>
  );
}
