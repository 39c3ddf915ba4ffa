import { NftDriver } from "../nft/driver.ts";
import type { DriverOptions, PolicyDriver } from "./driver.ts";

export type DriverName = "nftables";

/** Every driver that a node can have. Each stands in the contract suite too (`contract/contract.kernel.test.ts`). */
export const DRIVERS: Readonly<Record<DriverName, (options: DriverOptions) => PolicyDriver>> = {
  nftables: (options) => new NftDriver(options),
};
