import { redirect } from "next/navigation";
import { titled } from "#app/titled.ts";
import { Logo } from "#components/shell/logo.tsx";
import { sessionActor } from "#lib/api/auth.ts";
import { safeCallback } from "./callback-url.ts";
import { SignInForm } from "./sign-in-form.tsx";

export const generateMetadata = titled("/sign-in");

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const target = safeCallback(first((await searchParams).callbackUrl));
  if ((await sessionActor()) !== null) redirect(target);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center bg-sub px-4 py-12">
      <div className="w-full max-w-88 rounded-card border bg-bg p-6">
        <div className="mb-6 flex items-center gap-2 text-md font-semibold">
          <Logo />
          Switchyard
        </div>
        <h1 className="mb-4 text-xl font-semibold">Sign in</h1>
        <SignInForm target={target} />
      </div>
    </main>
  );
}
