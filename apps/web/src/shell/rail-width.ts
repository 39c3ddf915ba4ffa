export type RailWidth = "slim" | "wide";
