"use client";

import type { Problem } from "#lib/http/schema.ts";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyId } from "./copy.tsx";
import { SignInAgain } from "./session.tsx";
import { needsSignIn } from "./session-watch.ts";
import { StatusShape } from "./status.tsx";

type ErrorStateProps = {
  problem: Problem;
  onRetry?: () => void;
  retrying?: boolean;
  /** "panel" fills a card or table; "inline" stands under a form. */
  size?: "panel" | "inline";
};

/** What is not there, or not for this reader, stays so when asked again. */
const isFinal = (problem: Problem): boolean => problem.status === 403 || problem.status === 404;

/** In a form or a dialog: what was filled in is still there after the sign-in. */
const SESSION_EXPIRED = {
  title: "Nothing was changed: you are signed out",
  detail: "What you entered stays here. Sign in again, then repeat the action.",
  fix: null,
  requestId: "",
};

/** What, why, fix, request id, in that order. Each panel fails alone; the page around it stays. */
export function ErrorState({ problem: given, onRetry, retrying = false, size = "panel" }: ErrorStateProps) {
  const isSignedOut = needsSignIn(given);
  const problem = isSignedOut ? { ...given, ...SESSION_EXPIRED } : given;
  return (
    <div
      role="alert"
      className={cn(
        "flex gap-2.5 text-start text-md",
        size === "inline" ? "rounded-control bg-bad-tint px-3 py-2.5" : "mx-auto max-w-160 px-4 py-8",
      )}
    >
      <span className="flex h-5 items-center">
        <StatusShape state="bad" />
      </span>
      <div className="flex min-w-0 flex-col gap-1">
        <p className={cn("font-medium", size === "inline" ? "text-bad" : "text-fg")}>{problem.title}</p>
        <p className={size === "inline" ? "text-fg" : "text-fg-2"}>{problem.detail}</p>
        {problem.errors.length > 1 && (
          <ul className="list-disc ps-4 text-sm">
            {problem.errors.map((each) => (
              <li key={`${each.field} ${each.code}`}>
                {!each.message.startsWith(each.field) && <code className="font-mono text-xs">{each.field}</code>}{" "}
                {each.message} {each.fix}
              </li>
            ))}
          </ul>
        )}
        {problem.fix && <p className={size === "inline" ? "text-fg" : "text-fg-2"}>{problem.fix}</p>}
        {problem.requestId !== "" && (
          <p className="flex items-center gap-1 text-xs text-fg-2">
            Request <CopyId id={problem.requestId} label="request id" />
          </p>
        )}
        {isSignedOut && (
          <div className="mt-1.5">
            <SignInAgain />
          </div>
        )}
        {onRetry && !isSignedOut && !isFinal(problem) && (
          <Button size="sm" className="mt-1.5 self-start" pending={retrying} onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}
