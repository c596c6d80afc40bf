import type { Metadata } from "next";
import { ComparePage } from "#components/adapters/compare/compare-page.tsx";

export const metadata: Metadata = { title: "Compare versions" };

export default async function Page({ params }: { params: Promise<{ adapterId: string }> }) {
  return <ComparePage adapterId={(await params).adapterId} />;
}
