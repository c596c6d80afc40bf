import type { Metadata } from "next";
import { CutoverTable } from "#components/cutovers/cutover-table.tsx";

export const metadata: Metadata = { title: "Cutovers" };

export default function Page() {
  return <CutoverTable />;
}
