import { titled } from "#app/titled.ts";
import { ImportAndStage } from "./import.tsx";

export const generateMetadata = titled("/tenants/import/[importId]");

export default async function Page({ params }: { params: Promise<{ importId: string }> }) {
  return <ImportAndStage {...(await params)} />;
}
