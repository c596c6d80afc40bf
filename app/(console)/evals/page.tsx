import type { Metadata } from "next";
import { EvalsFrame } from "#components/evals/evals-frame.tsx";
import { RunTable } from "#components/evals/run-table.tsx";

export const metadata: Metadata = { title: "Evals" };

export default function Page() {
  return (
    <EvalsFrame>
      <RunTable />
    </EvalsFrame>
  );
}
