import { describe, expect, it } from "vitest";
import { findPython, parsePythonVersion, torchPins } from "./virtual-environment.ts";

const machine = (versions: Record<string, string>) => async (command: string) => {
  const output = versions[command];
  if (output === undefined) throw new Error("ENOENT");
  return output;
};

describe("findPython", () => {
  it("takes the first that the pins fit", async () => {
    const python = await findPython(machine({ "python3.12": "Python 3.12.4\n", python3: "Python 3.9.2\n" }));
    expect(python).toBe("python3.12");
    expect(await findPython(machine({ python3: "Python 3.13.0\n" }))).toBe("python3");
  });

  it("says what it found and what to do when none fits", async () => {
    await expect(findPython(machine({ python3: "Python 3.9.2\n" }))).rejects.toThrow(
      /^No Python from 3\.11 to 3\.13 was found \(python3 is Python 3\.9\.2\)\. Install one, .*VLLM_BASE_URL/,
    );
    await expect(findPython(machine({}))).rejects.toThrow(/^No Python from 3\.11 to 3\.13 was found\. Install one/);
  });

  it("reads versions as Python prints them", () => {
    expect(parsePythonVersion("Python 3.11.7")).toEqual({ major: 3, minor: 11 });
    expect(parsePythonVersion("zsh: command not found")).toBeNull();
  });
});

it("takes torch and torchvision, and nothing else, from PyTorch's index", () => {
  const requirements = "# torch first\ntorch==2.13.0\ntorchvision==0.28.0\ntorchless==1.0\nvllm-cpu==0.32.0\n";
  expect(torchPins(requirements)).toEqual(["torch==2.13.0", "torchvision==0.28.0"]);
});
