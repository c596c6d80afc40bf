import type { Metadata } from "next";
import { OpenVersion } from "#components/jobs/open-version.tsx";

export const metadata: Metadata = { title: "Version" };

export default async function Page({ params }: { params: Promise<{ versionId: string }> }) {
  return <OpenVersion versionId={(await params).versionId} />;
}
