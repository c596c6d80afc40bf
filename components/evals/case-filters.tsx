"use client";

import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Select } from "../ui/input.tsx";
import { SearchInput } from "../ui/search-input.tsx";

type View = { category: string; heldOut: "yes" | "no" | null; expects: "call" | "no_call" | null; q: string };

type Change = (change: Partial<{ [Key in keyof View]: View[Key] | null }>) => void;

/** Words, category, kind of answer, and whether it is held out. */
export function CaseFilters({
  view,
  categories,
  onChange,
}: {
  view: View;
  categories: readonly { name: string; count: number }[];
  onChange: Change;
}) {
  const [cleared, setCleared] = useState(0);
  const isFiltered = view.category !== "" || view.heldOut !== null || view.expects !== null || view.q !== "";
  const clear = () => {
    setCleared(cleared + 1);
    onChange({ category: null, heldOut: null, expects: null, q: null });
  };
  const options = categories.map(({ name, count }) => ({
    value: name,
    label: `${name.replaceAll("_", " ")} (${count})`,
  }));
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchInput
        key={cleared}
        aria-label="Search prompts"
        placeholder="Words of the prompt"
        query={view.q}
        onSearch={(text) => onChange({ q: text || null })}
        className="w-56 max-sm:w-full"
      />
      <Select
        aria-label="Category"
        className="w-52"
        value={view.category}
        placeholder="Every category"
        options={options}
        onChange={(event) => onChange({ category: event.target.value || null })}
      />
      <AnswerSelects view={view} onChange={onChange} />
      {isFiltered && (
        <Button variant="ghost" onClick={clear}>
          Clear
        </Button>
      )}
    </search>
  );
}

function AnswerSelects({ view, onChange }: { view: View; onChange: Change }) {
  return (
    <>
      <Select
        aria-label="Right answer"
        className="w-40"
        value={view.expects ?? ""}
        placeholder="Any answer"
        options={[
          { value: "call", label: "Calls a tool" },
          { value: "no_call", label: "Calls nothing" },
        ]}
        onChange={({ target }) =>
          onChange({ expects: target.value === "call" || target.value === "no_call" ? target.value : null })
        }
      />
      <Select
        aria-label="Held out"
        className="w-40"
        value={view.heldOut ?? ""}
        placeholder="Held out or not"
        options={[
          { value: "yes", label: "Held out" },
          { value: "no", label: "Shown to customers" },
        ]}
        onChange={({ target }) =>
          onChange({ heldOut: target.value === "yes" || target.value === "no" ? target.value : null })
        }
      />
    </>
  );
}
