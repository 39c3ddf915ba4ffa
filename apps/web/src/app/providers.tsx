"use client";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { createClient, failureOf, goToSignIn, TRPCProvider } from "../trpc/client.ts";

/** One query cache and one tRPC client per tab. */
export function Providers({ children }: { readonly children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: onFailure }),
    mutationCache: new MutationCache({ onError: onFailure }),
    defaultOptions: {
      queries: {
        // The watch keeps data fresh; what it does not reach is refetched by the hook that owns it.
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => failureOf(error).kind === "unavailable" && count < 2,
        retryDelay: (attempt) => Math.min(4000, 500 * 2 ** attempt),
      },
    },
  });
}

function onFailure(error: Error): void {
  if (failureOf(error).kind === "signedOut") goToSignIn();
}
