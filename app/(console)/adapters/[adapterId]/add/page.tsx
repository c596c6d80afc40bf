import type { Metadata } from "next";
import { AddVersionPage } from "#components/intake/upload/add-version-page.tsx";

export const metadata: Metadata = { title: "Add version" };

export default async function Page({ params }: { params: Promise<{ adapterId: string }> }) {
  return <AddVersionPage adapterId={(await params).adapterId} />;
}
