import { notFound } from "next/navigation";
import { requireStaff } from "#app/session.ts";
import { titled } from "#app/titled.ts";
import { showAlert } from "#lib/alerting/alerts/show-alert.ts";
import { webDeps } from "#lib/api/deps.ts";
import { systemRead } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import { Triage } from "./triage.tsx";

export const generateMetadata = titled("/alerts/[alertId]");

/** Read here, so that the sentence stands in the first reply; every staff role may read alerts. */
export default async function Page({ params }: { params: Promise<{ alertId: string }> }) {
  await requireStaff();
  const { alertId } = await params;
  const alert = await systemRead(webDeps().deps, "web", (ctx) => showAlert(ctx, alertId)).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  });
  return <Triage initial={alert} />;
}
