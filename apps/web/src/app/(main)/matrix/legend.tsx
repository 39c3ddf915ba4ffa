import { Icon } from "../../../parts/icon.tsx";

/** What the marks mean. */
export function Legend() {
  return (
    <div className="legend mx-legend">
      <span>
        <span className="mx a">
          <Icon name="allow" />
        </span>
        answered
      </span>
      <span>
        <span className="mx d int">
          <Icon name="deny" />
        </span>
        no answer, as policy says
      </span>
      <span>
        <span className="mx d dif">
          <Icon name="deny" />
        </span>
        not as policy says
      </span>
      <span>
        <span className="mx q a">
          <Icon name="allow" />
        </span>
        predicted, not probed yet
      </span>
    </div>
  );
}
