import type { Metadata } from "next";
import { ImportPage } from "#components/intake/import/import-page.tsx";

export const metadata: Metadata = { title: "Import" };

export default async function Page({ params }: { params: Promise<{ importId: string }> }) {
  const { importId } = await params;
  return <ImportPage importId={importId} />;
}
