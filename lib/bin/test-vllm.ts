import { testVllm } from "./test-vllm/test-vllm.ts";

process.exitCode = await testVllm((line) => console.log(line));
