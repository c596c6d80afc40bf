import type { Metadata } from "next";
import { ImportAndStage } from "./import.tsx";

export const metadata: Metadata = { title: "Import" };

export default async function Page({ params }: { params: Promise<{ importId: string }> }) {
  return <ImportAndStage {...(await params)} />;
}
