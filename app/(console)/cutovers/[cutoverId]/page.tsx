import type { Metadata } from "next";
import { CutoverPage } from "#components/cutovers/cutover-page.tsx";

export const metadata: Metadata = { title: "Cutover" };

export default async function Page({ params }: { params: Promise<{ cutoverId: string }> }) {
  return <CutoverPage cutoverId={(await params).cutoverId} />;
}
