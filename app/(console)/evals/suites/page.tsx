import type { Metadata } from "next";
import { EvalsFrame } from "#components/evals/evals-frame.tsx";
import { SuiteTable } from "#components/evals/suite-table.tsx";

export const metadata: Metadata = { title: "Suites" };

export default function Page() {
  return (
    <EvalsFrame>
      <SuiteTable />
    </EvalsFrame>
  );
}
