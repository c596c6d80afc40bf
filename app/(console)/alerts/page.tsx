import { titled } from "#app/titled.ts";
import { AlertList } from "#components/alerts/alert-list.tsx";

export const generateMetadata = titled("/alerts");

export default function Page() {
  return <AlertList />;
}
