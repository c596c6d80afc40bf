import { titled } from "#app/titled.ts";
import { RequestList } from "#components/requests/request-list.tsx";

export const generateMetadata = titled("/portal/requests");

export default function Page() {
  return <RequestList audience="customer" />;
}
