import { titled } from "#app/titled.ts";
import { ExplorerPage } from "#components/explorer/explorer-page.tsx";

export const generateMetadata = titled("/charts");

export default function Page() {
  return <ExplorerPage />;
}
