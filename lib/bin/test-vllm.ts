import { PARTS, type Part, testVllm } from "./test-vllm/test-vllm.ts";

const [asked = "all", ...flags] = process.argv.slice(2);
const isPart = (name: string): name is Part => (PARTS as readonly string[]).includes(name);
const isFull = flags[0] === "--full";
const isUsable = isPart(asked) && flags.length <= 1 && (flags.length === 0 || (isFull && asked === "gate"));
if (isUsable) process.exitCode = await testVllm(asked, isFull, (line) => console.log(line));
else {
  console.error(
    `There is no "${[asked, ...flags].join(" ")}". Use: npm run test:vllm [-- ${PARTS.slice(1).join("|")} [--full]]`,
  );
  process.exitCode = 2;
}
