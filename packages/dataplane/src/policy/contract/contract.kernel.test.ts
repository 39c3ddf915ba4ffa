import { describe } from "vitest";
import { nftAdapter } from "../../nft/contract/adapter.ts";
import type { DriverName } from "../drivers.ts";
import type { DriverAdapter } from "./adapter.ts";
import { testAnyStateToAnyState } from "./law.ts";
import { testScenarios } from "./scenarios.ts";

/** Every driver; its packets are judged by `truth-table.kernel.test.ts`. */
const ADAPTERS: Readonly<Record<DriverName, DriverAdapter>> = { nftables: nftAdapter };

describe.each(Object.entries(ADAPTERS))("the %s driver", (_, adapter) => {
  testScenarios(adapter);
  testAnyStateToAnyState(adapter);
});
