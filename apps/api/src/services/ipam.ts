import { ipamHashes } from "@percale/daemon";
import { ipamStateOf, releaseAddress } from "@percale/ipam";
import type { IpamState, ReleaseOutcome } from "@percale/ipam";
import { formatAddress, parseCidr, tryParseAddress } from "@percale/net";
import { badRequest, conflict, kindsReadBy, ofKind, refOf, StatusError, WorkloadEndpoint } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { admit } from "../admission/admit.ts";
import type { Services } from "./services.ts";

const TRIES = 5; // agents write blocks all the time

/** What a person does about addresses that their owner will not give back any more. */
export function ipamServices(store: Datastore): Services["ipam"] {
  return {
    release: async ({ address: text, force }, identity) => {
      const address = canonical(text);
      for (let attempt = 1; ; attempt++) {
        // Of one moment, looked at anew after a lost race: meanwhile a workload may have got the address.
        const { objects } = await store.snapshot([...kindsReadBy("ipam"), WorkloadEndpoint.kind]);
        if (!force) refuseInUse(objects, address);
        const { changes } = decide(ipamStateOf(objects, Date.now()), address);
        try {
          await admit(store, { changes, reason: `release ${address}` }, { identity });
          return { address };
        } catch (error) {
          const isRace = error instanceof StatusError && (error.reason === "Conflict" || error.reason === "NotFound");
          if (!isRace || attempt >= TRIES) throw error;
        }
      }
    },
  };
}

function canonical(text: string): string {
  const address = tryParseAddress(text);
  if (address === undefined) throw badRequest(`address: must be an IP address, got ${JSON.stringify(text)}`);
  return formatAddress(address);
}

function refuseInUse(objects: readonly KubeObject[], address: string): void {
  const holder = ofKind(WorkloadEndpoint, objects).find(({ spec }) =>
    spec.ipNetworks?.some((network) => formatAddress(parseCidr(network)) === address),
  );
  if (holder === undefined) return;
  throw conflict(
    refOf(holder),
    `it has the address ${address}, which is released when the workload is detached; force releases it all the same, and another workload may then get it too`,
  );
}

function decide(state: IpamState, address: string): Extract<ReleaseOutcome, { kind: "released" }> {
  const outcome = releaseAddress(state, { address }, ipamHashes);
  if (outcome.kind === "refused") throw badRequest(outcome.message);
  if (outcome.addresses.length === 0) throw new StatusError("NotFound", `IP address ${address} is not assigned`);
  return outcome;
}
