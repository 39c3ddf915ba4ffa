/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PERCALE_WORKLOAD_H
#define PERCALE_WORKLOAD_H

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Upper half of an epoll tag: what the lower half (a descriptor, or a probe's slot) is. */
#define TAG_MASK (~0xffffffffULL)
#define TAG_STDIN (1ULL << 32)
#define TAG_LISTEN (2ULL << 32)
#define TAG_CLIENT (3ULL << 32)
#define TAG_DATAGRAM (4ULL << 32)
#define TAG_PROBE (5ULL << 32)

extern int epoll_fd;
extern const char *own_name;

long long now_us(void);
void answer(const char *format, ...) __attribute__((format(printf, 1, 2)));
int parse_address(const char *text, int port, struct sockaddr_storage *address, socklen_t *length);
void watch(int fd, uint32_t events, uint64_t data);

/* probe.c: many at once, none blocks. */
void start_probe(const char *id, const char *protocol, const char *address, int port, long timeout_ms);
void continue_probe(unsigned int slot);
void expire_probes(void);
int next_deadline_ms(void);

/* load.c: each in a child of its own. */
void run_stream(const char *id, const char *address, int port, long interval_us, long count);
void run_blast(const char *id, const char *address, int port, long duration_ms);

#endif
