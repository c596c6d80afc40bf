"use client";

import { lazy, Suspense } from "react";
import { Button } from "#components/ui/button.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { ChartPickerProps } from "./chart-choices.tsx";

const ChartChoices = lazy(() => import("./chart-choices.tsx").then((module) => ({ default: module.ChartChoices })));

/** Which charts stand, behind a button that says how many were chosen. */
export const ChartPicker = (props: ChartPickerProps) => (
  <Popover
    label="Charts shown"
    align="start"
    trigger={(button) => <Button {...button}>Charts: {props.isUsual ? "usual" : props.charts.length}</Button>}
  >
    <Suspense fallback={<Skeleton className="h-64 w-full" />}>
      <ChartChoices {...props} />
    </Suspense>
  </Popover>
);
