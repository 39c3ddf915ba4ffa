// SPDX-License-Identifier: Apache-2.0
/* Steady and heavy traffic, each in a child process: its own clock, nobody waits for it. */
#include "workload.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#define LAST_ECHO_US 500000

static int connect_to(const char *id, int type, const char *text, int port)
{
	struct sockaddr_storage address;
	socklen_t length;
	int fd;

	if (parse_address(text, port, &address, &length) < 0) {
		answer("%s error %d not an address: %s", id, EINVAL, text);
		return -1;
	}
	fd = socket(address.ss_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, length) < 0) {
		answer("%s error %d %s", id, errno, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* Numbered datagrams at a steady pace; counts each number's first echo and the longest time without any. */
static void stream(const char *id, int fd, long interval_us, long count)
{
	unsigned char *seen = calloc(count, 1);
	long long started = now_us(), last = started, longest = 0, now, due;
	long sent = 0, echoed = 0;
	uint32_t number;
	char data[128];
	struct pollfd readable = { .fd = fd, .events = POLLIN };

	if (seen == NULL)
		exit(1);
	for (;;) {
		now = now_us();
		due = started + sent * interval_us;
		if (sent < count && now >= due) {
			number = sent++;
			/* A refusal of an earlier datagram shows up here; the datagram counts as sent and lost. */
			if (send(fd, &number, sizeof(number), 0) < 0 && errno == ECONNREFUSED)
				(void)send(fd, &number, sizeof(number), 0);
			continue;
		}
		if (sent == count && (echoed == count || now >= due + LAST_ECHO_US))
			break;
		if (sent == count)
			due += LAST_ECHO_US;
		if (poll(&readable, 1, due - now < 1000 ? 0 : (int)((due - now) / 1000)) <= 0)
			continue;
		if (recv(fd, data, sizeof(data), MSG_DONTWAIT) < (ssize_t)sizeof(number))
			continue;
		memcpy(&number, data, sizeof(number));
		if (number >= (uint32_t)count || seen[number])
			continue;
		seen[number] = 1;
		echoed++;
		now = now_us();
		if (now - last > longest)
			longest = now - last;
		last = now;
	}
	answer("%s stream %ld %ld %lld", id, sent, echoed, longest);
}

/* Sends as fast as the path takes it. Counts what the other side has acknowledged, not what waits in our own queue. */
static void blast(const char *id, int fd, long duration_ms)
{
	static char data[1 << 17];
	long long started = now_us(), bytes = 0;
	struct timeval patience = { .tv_usec = 200000 };
	int queued = 0;
	ssize_t sent;

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	while (now_us() - started < duration_ms * 1000LL) {
		sent = send(fd, data, sizeof(data), MSG_NOSIGNAL);
		if (sent > 0)
			bytes += sent;
		else if (errno != EAGAIN)
			break;
	}
	ioctl(fd, SIOCOUTQ, &queued);
	answer("%s blast %lld %lld", id, bytes - queued, now_us() - started);
}

static int in_child(void)
{
	return fork() == 0;
}

void run_stream(const char *id, const char *address, int port, long interval_us, long count)
{
	int fd;

	if (!in_child())
		return;
	fd = connect_to(id, SOCK_DGRAM, address, port);
	if (fd >= 0 && count > 0)
		stream(id, fd, interval_us, count);
	_exit(0);
}

void run_blast(const char *id, const char *address, int port, long duration_ms)
{
	int fd;

	if (!in_child())
		return;
	fd = connect_to(id, SOCK_STREAM, address, port);
	if (fd >= 0)
		blast(id, fd, duration_ms);
	_exit(0);
}
