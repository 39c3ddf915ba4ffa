/** Where a dragged card would land: before the card at `index` of the tier. */
export interface DropPlace {
  readonly tier: string;
  readonly index: number;
}
