// SPDX-License-Identifier: Apache-2.0
/* Probes: one packet exchange each, judged by what comes back. */
#include "workload.h"

#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#define MAX_PROBES 1024
/* Lost datagrams and echo requests are repeated; TCP repeats by itself, but only after a second. */
#define RESEND_US 150000

struct probe {
	int fd; /* 0: free slot (stdin is never a probe) */
	char id[32];
	char protocol; /* 't', 'u', 'i' */
	int family;
	long long started, deadline, resend;
};

static struct probe probes[MAX_PROBES];
static int live;

static void finish(struct probe *probe)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	/* No TIME_WAIT: the lab probes every pair all day. */
	if (probe->protocol == 't')
		setsockopt(probe->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(probe->fd);
	probe->fd = 0;
	live--;
}

static long long took(const struct probe *probe)
{
	return now_us() - probe->started;
}

/* ICMP says so: a firewall's or router's word. A bare RST is the host's own: it was reached, nothing listens. */
static int refused_by_icmp(int fd)
{
	char control[512], data[256];
	struct iovec vector = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr message = {
		.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};
	struct cmsghdr *header;
	struct sock_extended_err *error;

	if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return 0;
	for (header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
		error = (struct sock_extended_err *)CMSG_DATA(header);
		if (error->ee_origin == SO_EE_ORIGIN_ICMP || error->ee_origin == SO_EE_ORIGIN_ICMP6)
			return 1;
	}
	return 0;
}

static void fail(struct probe *probe, int error)
{
	int by_icmp = refused_by_icmp(probe->fd);

	if (error == ECONNREFUSED && !by_icmp)
		answer("%s closed %lld", probe->id, took(probe));
	else if (error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH || error == EACCES || by_icmp)
		answer("%s rejected %lld", probe->id, took(probe));
	else if (error == ETIMEDOUT || error == EPERM)
		answer("%s timeout %lld", probe->id, took(probe));
	else
		answer("%s error %d %s", probe->id, error, strerror(error));
	finish(probe);
}

static uint16_t checksum(const void *data, size_t length)
{
	const uint16_t *word = data;
	uint32_t sum = 0;

	for (; length > 1; length -= 2)
		sum += *word++;
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
}

static void send_packet(struct probe *probe)
{
	unsigned int slot = probe - probes;
	struct icmphdr echo = { .type = ICMP_ECHO, .un.echo.id = htons(slot) };
	struct icmp6_hdr echo6 = { .icmp6_type = ICMP6_ECHO_REQUEST };
	ssize_t sent;

	if (probe->protocol == 'u') {
		sent = send(probe->fd, "probe ", 6, MSG_NOSIGNAL);
	} else if (probe->family == AF_INET) {
		echo.checksum = checksum(&echo, sizeof(echo));
		sent = send(probe->fd, &echo, sizeof(echo), MSG_NOSIGNAL);
	} else {
		echo6.icmp6_id = htons(slot); /* the kernel fills in the checksum */
		sent = send(probe->fd, &echo6, sizeof(echo6), MSG_NOSIGNAL);
	}
	probe->resend = now_us() + RESEND_US;
	/* EPERM is our own side's nft drop: it looks like silence to the one who waits, and is judged so at the deadline. */
	if (sent < 0 && errno != EPERM && errno != EAGAIN)
		fail(probe, errno);
}

static int open_socket(char protocol, int family)
{
	int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;

	if (protocol == 't')
		return socket(family, SOCK_STREAM | flags, 0);
	if (protocol == 'u')
		return socket(family, SOCK_DGRAM | flags, 0);
	return socket(family, SOCK_RAW | flags, family == AF_INET ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6);
}

void start_probe(const char *id, const char *protocol, const char *text, int port, long timeout_ms)
{
	struct sockaddr_storage address;
	struct probe *probe = probes;
	socklen_t length;
	int on = 1;

	while (probe < probes + MAX_PROBES && probe->fd != 0)
		probe++;
	if (probe == probes + MAX_PROBES) {
		answer("%s error %d too many probes at once", id, EBUSY);
		return;
	}
	/* A raw socket takes no port. */
	if (parse_address(text, protocol[0] == 'i' ? 0 : port, &address, &length) < 0 || strchr("tui", protocol[0]) == NULL) {
		answer("%s error %d not an address or protocol: %s %s", id, EINVAL, protocol, text);
		return;
	}
	*probe = (struct probe){ .protocol = protocol[0], .family = address.ss_family, .started = now_us() };
	probe->deadline = probe->started + timeout_ms * 1000;
	snprintf(probe->id, sizeof(probe->id), "%s", id);
	probe->fd = open_socket(probe->protocol, probe->family);
	if (probe->fd < 0) {
		answer("%s error %d %s", id, errno, strerror(errno));
		probe->fd = 0;
		return;
	}
	live++;
	setsockopt(probe->fd, probe->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
		   probe->family == AF_INET ? IP_RECVERR : IPV6_RECVERR, &on, sizeof(on));
	if (connect(probe->fd, (struct sockaddr *)&address, length) < 0 && errno != EINPROGRESS) {
		fail(probe, errno);
		return;
	}
	watch(probe->fd, EPOLLIN, TAG_PROBE | (uint64_t)(probe - probes));
	if (probe->protocol != 't')
		send_packet(probe);
}

/* True if these bytes are the reply to this probe's echo request; raw sockets see everybody's. */
static int is_our_echo(const struct probe *probe, const unsigned char *data, ssize_t length)
{
	unsigned int slot = probe - probes;
	size_t header = probe->family == AF_INET ? (data[0] & 15) * 4 : 0;
	int reply = probe->family == AF_INET ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;

	if (length < (ssize_t)header + 8)
		return 0;
	return data[header] == reply && data[header + 4] == (slot >> 8) && data[header + 5] == (slot & 255);
}

void continue_probe(unsigned int slot)
{
	struct probe *probe = &probes[slot];
	unsigned char data[512];
	int error = 0;
	socklen_t length = sizeof(error);
	ssize_t got;
	const char *name = "";

	if (slot >= MAX_PROBES || probe->fd == 0)
		return;
	getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &error, &length);
	got = error == 0 ? recv(probe->fd, data, sizeof(data) - 1, 0) : -1;
	if (got < 0) {
		if (error == 0 && (errno == EAGAIN || errno == EINTR))
			return;
		fail(probe, error != 0 ? error : errno);
		return;
	}
	data[got] = '\0';
	if (probe->protocol == 'i' && !is_our_echo(probe, data, got))
		return;
	if (probe->protocol == 't')
		name = (char *)data;
	if (probe->protocol == 'u' && got > 6)
		name = (char *)data + 6; /* after what we sent */
	answer("%s open %lld %.60s", probe->id, took(probe), name);
	finish(probe);
}

void expire_probes(void)
{
	long long now = now_us();
	struct probe *probe;

	if (live == 0)
		return;
	for (probe = probes; probe < probes + MAX_PROBES; probe++) {
		if (probe->fd == 0)
			continue;
		if (now >= probe->deadline) {
			answer("%s timeout %lld", probe->id, took(probe));
			finish(probe);
		} else if (probe->protocol != 't' && now >= probe->resend) {
			send_packet(probe);
		}
	}
}

int next_deadline_ms(void)
{
	long long next = -1, at;
	struct probe *probe;

	if (live == 0)
		return -1;
	for (probe = probes; probe < probes + MAX_PROBES; probe++) {
		if (probe->fd == 0)
			continue;
		at = probe->protocol != 't' && probe->resend < probe->deadline ? probe->resend : probe->deadline;
		if (next < 0 || at < next)
			next = at;
	}
	next = (next - now_us() + 999) / 1000;
	return next < 0 ? 0 : (int)next;
}
