import { PARTS, type Part, testVllm } from "./test-vllm/test-vllm.ts";

const [asked = "all"] = process.argv.slice(2);
const isPart = (name: string): name is Part => (PARTS as readonly string[]).includes(name);
if (isPart(asked)) process.exitCode = await testVllm(asked, (line) => console.log(line));
else {
  console.error(`There is no part "${asked}". Use: npm run test:vllm [-- ${PARTS.slice(1).join("|")}]`);
  process.exitCode = 2;
}
