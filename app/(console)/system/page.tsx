import { titled } from "#app/titled.ts";
import { SystemPage } from "#components/system/system-page.tsx";

export const generateMetadata = titled("/system");

export default function Page() {
  return <SystemPage />;
}
