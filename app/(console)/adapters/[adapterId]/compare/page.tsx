import { titled } from "#app/titled.ts";
import { ComparePage } from "#components/adapters/compare/compare-page.tsx";

export const generateMetadata = titled("/adapters/[adapterId]/compare");

export default async function Page({ params }: { params: Promise<{ adapterId: string }> }) {
  return <ComparePage adapterId={(await params).adapterId} />;
}
