import { adapterReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { AdapterPage } from "#components/adapters/adapter-page.tsx";
import { DraftNotice } from "#components/intake/upload/draft-notice.tsx";

export const generateMetadata = titled("/adapters/[adapterId]");

export default async function Page({ params }: { params: Promise<{ adapterId: string }> }) {
  const { adapterId } = await params;
  return (
    <Prefetched read={adapterReads(adapterId)}>
      <AdapterPage adapterId={adapterId} notice={<DraftNotice adapterId={adapterId} />} />
    </Prefetched>
  );
}
