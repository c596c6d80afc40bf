import { titled } from "#app/titled.ts";
import { AdapterPage } from "#components/adapters/adapter-page.tsx";
import { DraftNotice } from "#components/intake/upload/draft-notice.tsx";

export const generateMetadata = titled("/adapters/[adapterId]");

export default async function Page({ params }: { params: Promise<{ adapterId: string }> }) {
  const { adapterId } = await params;
  return <AdapterPage adapterId={adapterId} notice={<DraftNotice adapterId={adapterId} />} />;
}
