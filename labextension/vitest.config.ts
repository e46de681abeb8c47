import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.ts"],
    // Two workers are what the smallest machine that runs these tests has cores for.
    maxWorkers: 2,
    minWorkers: 1,
  },
});
