import { titled } from "#app/titled.ts";
import { EvalsFrame } from "#components/evals/evals-frame.tsx";
import { RunTable } from "#components/evals/run-table.tsx";

export const generateMetadata = titled("/evals");

export default function Page() {
  return (
    <EvalsFrame>
      <RunTable />
    </EvalsFrame>
  );
}
