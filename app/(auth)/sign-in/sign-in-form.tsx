"use client";

import { useActionState, useRef } from "react";
import { buttonClass } from "#components/ui/button-class.ts";
import { cn } from "#components/ui/cn.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Spinner } from "#components/ui/spinner.tsx";

type Wrong = { email: string | null; password: string | null };
type Attempt = { email: string; password: string; failure: string | null; wrong: Wrong };

const EMPTY = "Is empty. Fill it in.";
const NOTHING_WRONG: Wrong = { email: null, password: null };

/** What is wrong with each field, in the words of every form. */
const wrongOf = (email: string, password: string): Wrong => ({
  email:
    email === "" ? EMPTY : /^\S+@\S+$/.test(email) ? null : "Is not an e-mail address. Write it as name@example.com.",
  password: password === "" ? EMPTY : null,
});

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

/** Goes on to `target`, or returns why it cannot. next-auth's client comes with the first attempt. */
async function signInTo(target: string, email: string, password: string): Promise<string> {
  try {
    const { signIn } = await import("next-auth/react");
    const result = await signIn("credentials", { redirect: false, email, password });
    if (!result?.ok || result.error) return failureText(result?.error ?? "");
    // A full load: the server must see the new cookie, and nothing of the signed-out page may stay cached.
    window.location.assign(target);
    return new Promise<string>(() => {});
  } catch {
    return "No answer from the server. Check the connection and try again.";
  }
}

/** E-mail and password, then on to the page the link pointed at. */
export function SignInForm({ target }: { target: string }) {
  const fields = useRef<HTMLFormElement>(null);
  const [attempt, submit, isPending] = useActionState(
    async (_: Attempt, form: FormData): Promise<Attempt> => {
      const email = String(form.get("email") ?? "").trim();
      const password = String(form.get("password") ?? "");
      const wrong = wrongOf(email, password);
      const first = wrong.email === null ? (wrong.password === null ? null : "password") : "email";
      if (first === null) return { email, password: "", failure: await signInTo(target, email, password), wrong };
      fields.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
      return { email, password, failure: null, wrong };
    },
    { email: "", password: "", failure: null, wrong: NOTHING_WRONG },
  );
  return (
    <form ref={fields} action={submit} noValidate className="flex flex-col gap-4">
      {attempt.failure && (
        <p role="alert" className="rounded-control bg-bad-tint px-3 py-2.5 text-sm text-bad">
          {attempt.failure}
        </p>
      )}
      <Field label="E-mail" error={attempt.wrong.email}>
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" defaultValue={attempt.email} />
        )}
      </Field>
      <Field label="Password" error={attempt.wrong.password}>
        {(control) => (
          <Input
            {...control}
            name="password"
            type="password"
            autoComplete="current-password"
            defaultValue={attempt.password}
          />
        )}
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
