"use client";

import { PageHeader } from "#components/ui/page-header.tsx";
import { BoardBar, BoardCharts } from "./board.tsx";
import { BoardTabs } from "./board-tabs.tsx";
import { FiringAlerts } from "./firing-alerts.tsx";
import { NodeGrid } from "./node-grid.tsx";
import { OpenFindings } from "./open-findings.tsx";
import { WorstPools } from "./rankings.tsx";
import { useRange, useSharedChart } from "./use-range.ts";
import { WorstObjectives } from "./worst-objectives.tsx";
import { WorstTenants } from "./worst-tenants.tsx";

const PARENTS = [{ label: "Charts", href: "/charts" }];

/** Is the fleet fine, and if not, which pool, node or tenant it is. */
export function FleetBoard() {
  const view = useRange();
  const shared = useSharedChart(view);
  return (
    <>
      <PageHeader title="Fleet board" parents={PARENTS} tabs={<BoardTabs />} />
      <BoardBar view={view} />
      <FiringAlerts />
      <OpenFindings />
      <WorstObjectives />
      <BoardCharts kind="fleet" scope={{}} shared={shared} />
      <NodeGrid />
      <WorstPools shared={shared} />
      <WorstTenants shared={shared} />
    </>
  );
}
