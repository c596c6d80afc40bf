import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { titled } from "#app/titled.ts";
import { Logo } from "#components/shell/logo.tsx";
import { sessionActor } from "#lib/api/auth.ts";
import { BackToWork } from "./back-to-work.tsx";

export const generateMetadata = titled("/signed-in");

/** Where "Sign in again" ends: the tab closes itself, and the page that opened it continues. */
export default async function SignedInPage() {
  await headers(); // first, so that the page is not built without a visitor
  if ((await sessionActor()) === null) redirect("/sign-in?callbackUrl=%2Fsigned-in");
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center bg-sub px-4 py-12">
      <div className="w-full max-w-88 rounded-card border bg-bg p-6">
        <div className="mb-6 flex items-center gap-2 text-md font-semibold">
          <Logo />
          Switchyard
        </div>
        <h1 className="mb-2 text-xl font-semibold">You are signed in</h1>
        <p className="text-md text-fg-2">Close this tab and continue where you were.</p>
        <BackToWork />
      </div>
    </main>
  );
}
