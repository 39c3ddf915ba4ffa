"use client";
import { EndpointCombo } from "../../../parts/endpoint-combo.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { LateInput } from "../../../parts/late-input.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { PROTOCOLS, type ReachQuestion } from "./questions.ts";

/** The question, as the address says it. */
export function Ask({ question: { source, destination, protocol, port } }: { readonly question: ReachQuestion }) {
  const url = useUrlState();
  return (
    <form className="ask" onSubmit={(event) => event.preventDefault()}>
      <div>
        <span className="lab">From</span>
        <EndpointCombo
          label="From"
          placeholder="endpoint or address"
          value={source}
          onChange={(src) => url.set({ src }, "push")}
        />
      </div>
      <button
        type="button"
        className="btn icon"
        aria-label="Swap ends"
        title="Swap ends"
        onClick={() => url.set({ src: destination, dst: source }, "push")}
      >
        <Icon name="swap" />
      </button>
      <div>
        <span className="lab">To</span>
        <EndpointCombo
          label="To"
          placeholder="endpoint or address"
          value={destination}
          onChange={(dst) => url.set({ dst }, "push")}
        />
      </div>
      <div>
        <label className="lab" htmlFor="proto">
          Protocol
        </label>
        <span className="selw">
          <select
            id="proto"
            className="in"
            value={protocol}
            onChange={(event) => url.set({ proto: event.target.value }, "push")}
          >
            {PROTOCOLS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
          <Icon name="down" />
        </span>
      </div>
      <div>
        <label className="lab" htmlFor="port">
          Port
        </label>
        <LateInput
          id="port"
          className="in mono"
          inputMode="numeric"
          placeholder="80"
          value={port}
          disabled={protocol === "ICMP"}
          clean={(text) => text.replaceAll(/\D/g, "")}
          onChange={(next) => url.set({ port: next })}
        />
      </div>
    </form>
  );
}
