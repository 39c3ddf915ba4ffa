import { Matrix } from "./matrix.tsx";

export default function MatrixPage() {
  return <Matrix />;
}
