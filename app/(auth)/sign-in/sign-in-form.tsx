"use client";

import { useActionState } from "react";
import { buttonClass } from "#components/ui/button-class.ts";
import { cn } from "#components/ui/cn.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Spinner } from "#components/ui/spinner.tsx";

type Attempt = { email: string; failure: string | null };

const FAILURE: Record<string, string> = {
  CredentialsSignin: "E-mail or password is wrong. Check both and try again.",
  unavailable: "Sign-in is not available right now. Try again in a minute.",
};
const UNKNOWN_FAILURE = "Sign-in failed. Try again; if it fails again, ask your admin.";

/** What the server's refusal means, such as `rate_limited:8`. */
function failureText(refusal: string): string {
  const [reason, seconds] = refusal.split(":");
  if (reason === "rate_limited") return `Too many failed attempts. Try again in ${seconds ?? "60"} s.`;
  return FAILURE[refusal] ?? UNKNOWN_FAILURE;
}

/** E-mail and password, then on to the page the link pointed at. next-auth's client comes with the first attempt. */
export function SignInForm({ target }: { target: string }) {
  const [attempt, submit, isPending] = useActionState(
    async (_: Attempt, form: FormData): Promise<Attempt> => {
      const email = String(form.get("email") ?? "").trim();
      try {
        const { signIn } = await import("next-auth/react");
        const result = await signIn("credentials", {
          redirect: false,
          email,
          password: String(form.get("password") ?? ""),
        });
        if (result?.ok && !result.error) {
          // A full load: the server must see the new cookie, and nothing of the signed-out page may stay cached.
          window.location.assign(target);
          return new Promise<Attempt>(() => {});
        }
        return { email, failure: failureText(result?.error ?? "") };
      } catch {
        return { email, failure: "No answer from the server. Check the connection and try again." };
      }
    },
    { email: "", failure: null },
  );
  return (
    <form action={submit} className="flex flex-col gap-4">
      {attempt.failure && (
        <p role="alert" className="rounded-control bg-bad-tint px-3 py-2.5 text-sm text-bad">
          {attempt.failure}
        </p>
      )}
      <Field label="E-mail">
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" required defaultValue={attempt.email} />
        )}
      </Field>
      <Field label="Password">
        {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" required />}
      </Field>
      <button
        type="submit"
        aria-disabled={isPending || undefined}
        onClick={(event) => isPending && event.preventDefault()}
        className={cn(buttonClass("primary"), "mt-1")}
      >
        {isPending && <Spinner />}
        Sign in
      </button>
    </form>
  );
}
