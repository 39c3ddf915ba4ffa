import type { Metadata } from "next";
import { SignIn } from "./sign-in.tsx";
import "../../styles/signin.css";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  readonly searchParams: Promise<{ readonly next?: string }>;
}) {
  const { next } = await searchParams;
  return <SignIn next={safeTarget(next)} />;
}

/** Only a path of this dashboard: never another site. */
function safeTarget(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}
