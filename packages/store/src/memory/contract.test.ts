import { datastoreContract } from "../contract/datastore.ts";
import { recordsContract } from "../contract/records.ts";
import { MemoryStore } from "./store.ts";
import { memoryRecords } from "./records.ts";

const cannot = { sharing: "it ends with its process" };
const drop = async (): Promise<void> => undefined;

datastoreContract({
  name: "the store in memory",
  cannot,
  newData: async () => ({ open: async (options) => new MemoryStore(options), drop }),
});

recordsContract({
  name: "memory",
  cannot,
  newData: async () => ({ open: async (options) => memoryRecords(options), drop }),
});
