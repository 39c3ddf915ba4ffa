"use client";
import type { ObjectRef } from "@percale/resources/catalog";
import { memo, type PointerEvent } from "react";
import { isUntold, type Untold } from "../../../words/untold.ts";
import { Icon } from "../../../parts/icon.tsx";
import { IdleBadge } from "../../../parts/idle-badge.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { BehindBadge } from "../../../parts/programmed.tsx";
import { UntoldMark } from "../../../parts/untold.tsx";
import type { TraceStep } from "../../../policy/trace.ts";
import { counted, formatCount } from "../../../words/number.ts";
import { DecidedPairs } from "./decided-pairs.tsx";
import { type Card, orderText } from "./view.ts";

/** One icon only: a fast scroll mounts hundreds of cards. A policy: name first, then order, directions, endpoints selected; a third line only for a badge. */
export const PolicyCard = memo(function PolicyCard(props: {
  readonly card: Card;
  /** How many it selects. */
  readonly endpoints: number | Untold;
  /** Who leaves nothing to it. */
  readonly shadowedBy: readonly ObjectRef[] | undefined;
  /** Of so many pairs that the lab probes; undefined where it probes none. */
  readonly decides: number;
  readonly pairs: number | undefined;
  readonly isFirst: boolean;
  readonly isFaded: boolean;
  readonly isSelected: boolean;
  readonly isDragged: boolean;
  readonly drop: "before" | "after" | undefined;
  readonly steps: readonly TraceStep[] | undefined;
  readonly onOpen: (path: string) => void;
  readonly onStartDrag: (event: PointerEvent<HTMLElement>, card: Card) => void;
}) {
  const { card, steps, endpoints, shadowedBy } = props;
  const classes = [
    "pcard",
    props.isFaded ? "fade" : "",
    props.isSelected ? "on" : "",
    props.isDragged ? "dragged" : "",
    props.drop === undefined ? "" : `drop-${props.drop}`,
  ];
  const directions = card.ingress && card.egress ? "Ingress and egress" : card.egress ? "Egress" : "Ingress";
  return (
    <a
      href={`/${card.path}`}
      className={classes.filter((name) => name !== "").join(" ")}
      data-card={card.key}
      tabIndex={props.isFirst || props.isSelected ? 0 : -1}
      draggable={false}
      title="Alt with arrows moves it"
      onPointerDown={(event) => props.onStartDrag(event, card)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        props.onOpen(card.path);
      }}
    >
      <span className="l1">
        <Icon name={card.fromKubernetes === true ? "k8s" : card.ref.namespace === undefined ? "global" : "ns"} />
        <span className="nm">
          <ObjectName namespace={card.ref.namespace} name={card.ref.name} />
        </span>
        {steps?.map((step) => (
          <span key={step.id} className={`step ${step.tone}`} title={step.title}>
            {step.id}
            <Icon name={step.icon} />
          </span>
        ))}
      </span>
      <span className="l2">
        <span className="ord" title={`Order ${orderText(card.order)}`}>
          {orderText(card.order)}
        </span>
        <span className="dir" title={directions}>
          {card.ingress && "↓"}
          {card.egress && "↑"}
          <span className="vh">{directions}</span>
        </span>
        <BehindBadge of={card}>
          <span className="rc">
            {card.rules === 0 ? "no rules" : `${formatCount(card.rules)} ${card.rules === 1 ? "rule" : "rules"}`}
          </span>
          {card.onlyPasses === true && <span className="badge">Only passes</span>}
        </BehindBadge>
        {endpoints === 0 || shadowedBy !== undefined ? (
          <IdleBadge
            endpoints={isUntold(endpoints) ? undefined : endpoints}
            shadowedBy={shadowedBy}
            className="badge right ell"
          />
        ) : (
          <span className="epc">
            {props.pairs !== undefined && <DecidedPairs decides={props.decides} of={props.pairs} />}
            <span title="Endpoints selected">
              {isUntold(endpoints) ? <UntoldMark untold={endpoints} /> : counted(endpoints, "endpoint")}
            </span>
          </span>
        )}
      </span>
    </a>
  );
});
