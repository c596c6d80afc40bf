"use client";

import { useEffect, useState } from "react";
import { StatusShape } from "#components/ui/status.tsx";

const ASKED = [
  "whether a vLLM server answers with this key",
  "its release and known issues",
  "its base model, tokenizer and chat template",
  "its limits, and what it has loaded",
];

/** While a node is inspected: what is asked of it and for how long already. How far it is, only the node knows. */
export function InspectionProgress() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div role="status" className="flex gap-2.5 rounded-card bg-busy-tint px-4 py-3 text-md">
      <span className="flex h-5 items-center">
        <StatusShape state="busy" />
      </span>
      <div>
        <p className="text-busy">
          Inspecting the node
          <span aria-hidden="true" className="tabular-nums">
            {seconds > 0 ? `, ${seconds} s` : ""}
          </span>
        </p>
        <ul className="mt-1 list-disc ps-4 text-sm text-fg-2 marker:text-fg-3">
          {ASKED.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}
