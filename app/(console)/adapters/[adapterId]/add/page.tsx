import { titled } from "#app/titled.ts";
import { AddVersionPage } from "#components/intake/upload/add-version-page.tsx";

export const generateMetadata = titled("/adapters/[adapterId]/add");

export default async function Page({ params }: { params: Promise<{ adapterId: string }> }) {
  return <AddVersionPage adapterId={(await params).adapterId} />;
}
