import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** One of a few choices that each want a sentence; the group around it names them. */
export function RadioCard<Value extends string>({
  name,
  value,
  isChosen,
  onChoose,
  title,
  children,
}: {
  /** Shared by the choices of one group. */
  name: string;
  value: Value;
  isChosen: boolean;
  onChoose: (value: Value) => void;
  title: string;
  /** What follows the title: notes beside it, and its sentence below. */
  children: ReactNode;
}) {
  return (
    <label
      className={cn(
        "flex cursor-pointer items-start gap-3 rounded-card border px-3 py-2.5 text-sm hover:border-fg-3",
        isChosen ? "border-accent" : "border-line",
      )}
    >
      <input
        type="radio"
        name={name}
        value={value}
        checked={isChosen}
        onChange={() => onChoose(value)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span className="min-w-0">
        <span className="font-medium">{title}</span>
        {children}
      </span>
    </label>
  );
}
