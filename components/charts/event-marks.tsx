"use client";

import type { LucideIcon } from "lucide-react";
import ArrowDownFromLine from "lucide-react/icons/arrow-down-from-line";
import ArrowDownToLine from "lucide-react/icons/arrow-down-to-line";
import ArrowUpFromLine from "lucide-react/icons/arrow-up-from-line";
import Ban from "lucide-react/icons/ban";
import Bell from "lucide-react/icons/bell";
import CircleCheck from "lucide-react/icons/circle-check";
import Cpu from "lucide-react/icons/cpu";
import FlaskConical from "lucide-react/icons/flask-conical";
import GitCompare from "lucide-react/icons/git-compare";
import Hand from "lucide-react/icons/hand";
import ListChecks from "lucide-react/icons/list-checks";
import Plug from "lucide-react/icons/plug";
import PlugZap from "lucide-react/icons/plug-zap";
import RotateCcw from "lucide-react/icons/rotate-ccw";
import Route from "lucide-react/icons/route";
import Settings from "lucide-react/icons/settings";
import SlidersHorizontal from "lucide-react/icons/sliders-horizontal";
import Stethoscope from "lucide-react/icons/stethoscope";
import Undo2 from "lucide-react/icons/undo-2";
import Unplug from "lucide-react/icons/unplug";
import { TextLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Popover } from "#components/ui/popover.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Annotation, AnnotationKind } from "#lib/metrics/schema.ts";
import type { EventGroup } from "./group-annotations.ts";
import { MARK_WORDS } from "./mark-words.ts";
import { mostRelevant } from "./most-relevant.ts";
import type { PlotBox } from "./plot-geometry.ts";

const ICON: Record<AnnotationKind, LucideIcon> = {
  load: ArrowDownToLine,
  unload: ArrowUpFromLine,
  probe: Stethoscope,
  restart: RotateCcw,
  engine: Cpu,
  restore: ArrowDownToLine,
  drift: GitCompare,
  cordon: Ban,
  uncordon: CircleCheck,
  unreachable: Unplug,
  reachable: Plug,
  drain: ArrowDownFromLine,
  rollout: SlidersHorizontal,
  inspect: ListChecks,
  cutover: Route,
  rollback: Undo2,
  origin: PlugZap,
  gate: FlaskConical,
  control: Hand,
  alert: Bell,
  settings: Settings,
};

const MAX_LISTED = 12;

/** Buttons on the time axis, one for each group of events; each opens what happened. */
export function EventMarks({
  groups,
  box,
  hrefOf,
}: {
  groups: readonly EventGroup[];
  box: PlotBox;
  hrefOf: ((event: Annotation) => string | undefined) | undefined;
}) {
  return (
    <ul aria-label="Events" className="relative h-6">
      {groups.map((group) => {
        const [leader] = mostRelevant(group.events, 1);
        if (leader === undefined) return null;
        const Icon = ICON[leader.kind];
        const isFailed = group.events.some((event) => event.outcome === "failed");
        const name = group.events.length === 1 ? leader.title : `${group.events.length} events: ${leader.title}, …`;
        return (
          <li key={group.at} className="absolute top-0 -translate-x-1/2" style={{ left: box.left + group.x }}>
            <Popover
              label={name}
              align="center"
              trigger={(props) => (
                <button
                  type="button"
                  {...props}
                  aria-label={name}
                  title={name}
                  className={cn(
                    "relative inline-flex size-6 items-center justify-center rounded-control hover:bg-off-tint",
                    isFailed ? "text-bad" : "text-fg-2",
                  )}
                >
                  <Icon className="size-3" />
                  {group.events.length > 1 && (
                    <span aria-hidden="true" className="ms-px text-[10px] leading-none font-medium">
                      {group.events.length}
                    </span>
                  )}
                </button>
              )}
            >
              <ol className="flex flex-col gap-2">
                {mostRelevant(group.events, MAX_LISTED).map((event) => (
                  <EventLine key={event.id} event={event} href={hrefOf?.(event)} />
                ))}
              </ol>
              {group.events.length > MAX_LISTED && (
                <p className="mt-2 text-xs text-fg-3">
                  and {group.events.length - MAX_LISTED} more; zoom in to see them
                </p>
              )}
            </Popover>
          </li>
        );
      })}
    </ul>
  );
}

function EventLine({ event, href }: { event: Annotation; href: string | undefined }) {
  const Icon = ICON[event.kind];
  return (
    <li className="flex gap-2">
      <Icon
        aria-hidden="true"
        className={cn("mt-1 size-3 shrink-0", event.outcome === "failed" ? "text-bad" : "text-fg-3")}
      />
      <div className="min-w-0">
        {href === undefined ? event.title : <TextLink href={href}>{event.title}</TextLink>}
        <div className="text-xs text-fg-3">
          {MARK_WORDS[event.kind]} · {event.outcome === "failed" && <span className="text-bad">failed · </span>}
          <Time at={event.at} as="absolute" />
        </div>
      </div>
    </li>
  );
}
