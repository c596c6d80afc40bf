import { titled } from "#app/titled.ts";
import { RequestPage } from "#components/requests/request-page.tsx";

export const generateMetadata = titled("/requests/[requestId]");

export default async function Page({ params }: { params: Promise<{ requestId: string }> }) {
  return <RequestPage requestId={(await params).requestId} audience="staff" />;
}
