// SPDX-License-Identifier: Apache-2.0
/*
 * Sends one real packet exchange, or answers them, in the network namespace it is started in.
 *
 *   probe listen tcp/80 udp/80 sctp/80 raw/253 …   answers on every address with the sender's "address port"; prints "ready"
 *   probe tcp|udp|sctp DST PORT MS [from=ADDR] [sport=N] [size=N]
 *   probe icmp DST MS [from=ADDR] [type=N] [code=N]
 *   probe raw PROTO DST MS [from=ADDR]
 *   probe stream DST PORT COUNT INTERVAL_US [from=ADDR]   UDP, each datagram a connection of its own; prints "COUNT ANSWERED"
 *
 * A probe prints one line: "allowed PEER-AS-SEEN", "denied", "reset", "unreachable", or "error REASON".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_LISTENERS 64
#define MAX_DATAGRAM 65536

struct options {
	const char *from;
	int sport;
	int size;
	int type;
	int code;
};

static char buffer[MAX_DATAGRAM];

static void fail(const char *what)
{
	printf("error %s: %s\n", what, strerror(errno));
	exit(2);
}

static int verdict(const char *text)
{
	printf("%s\n", text);
	return strncmp(text, "allowed", 7) == 0 ? 0 : 1;
}

static socklen_t parse_address(const char *text, int port, struct sockaddr_storage *out)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1) {
		errno = EINVAL;
		fail(text);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)port);
	return sizeof(*v6);
}

static void describe_peer(const struct sockaddr_storage *peer, char *out, size_t size)
{
	char host[INET6_ADDRSTRLEN];
	int port;

	if (peer->ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)peer;

		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
		port = ntohs(v4->sin_port);
	} else {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)peer;

		if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
			inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], host, sizeof(host));
		else
			inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
		port = ntohs(v6->sin6_port);
	}
	snprintf(out, size, "%s %d", host, port);
}

static int open_listener(const char *spec, bool *stream)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	int number, fd, on = 1, off = 0, protocol = 0;

	*stream = sscanf(spec, "tcp/%d", &number) == 1;
	if (!*stream && sscanf(spec, "sctp/%d", &number) == 1) {
		*stream = true;
		protocol = IPPROTO_SCTP;
	} else if (!*stream && sscanf(spec, "udp/%d", &number) != 1) {
		errno = EINVAL;
		fail(spec);
	}
	fd = socket(AF_INET6, *stream ? SOCK_STREAM : SOCK_DGRAM, protocol);
	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	any.sin6_port = htons((uint16_t)number);
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		fail(spec);
	if (*stream && listen(fd, 256) < 0)
		fail(spec);
	return fd;
}

static void answer(int fd, bool stream)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);
	char text[128];
	ssize_t got;
	int client;

	if (stream) {
		client = accept(fd, (struct sockaddr *)&peer, &size);
		if (client < 0)
			return;
		describe_peer(&peer, text, sizeof(text));
		(void)!write(client, text, strlen(text));
		close(client);
		return;
	}
	got = recvfrom(fd, buffer, sizeof(buffer), 0, (struct sockaddr *)&peer, &size);
	if (got < 0)
		return;
	describe_peer(&peer, text, sizeof(text));
	sendto(fd, text, strlen(text), 0, (struct sockaddr *)&peer, size);
}

/* A raw socket gets IPv4 packets with their header and sends without: skip it and send the payload back. */
static void answer_raw(int fd)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);
	ssize_t got = recvfrom(fd, buffer, sizeof(buffer), 0, (struct sockaddr *)&peer, &size);
	size_t header = peer.ss_family == AF_INET ? (size_t)(buffer[0] & 15) * 4 : 0;

	if (got <= (ssize_t)header || buffer[header] != 'q')
		return;
	buffer[header] = 'a';
	((struct sockaddr_in *)&peer)->sin_port = 0;
	sendto(fd, buffer + header, (size_t)got - header, 0, (struct sockaddr *)&peer, size);
}

static int serve(int count, char **specs)
{
	struct pollfd fds[MAX_LISTENERS];
	bool stream[MAX_LISTENERS], raw[MAX_LISTENERS];
	int used = 0, number;

	for (int i = 0; i < count && used + 2 <= MAX_LISTENERS; i++) {
		if (sscanf(specs[i], "raw/%d", &number) == 1) {
			for (int v6 = 0; v6 < 2; v6++) {
				fds[used].fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_RAW, number);
				if (fds[used].fd < 0)
					fail(specs[i]);
				raw[used++] = true;
			}
			continue;
		}
		raw[used] = false;
		fds[used].fd = open_listener(specs[i], &stream[used]);
		used++;
	}
	for (int i = 0; i < used; i++)
		fds[i].events = POLLIN;
	printf("ready\n");
	fflush(stdout);
	while (poll(fds, (nfds_t)used, -1) >= 0 || errno == EINTR)
		for (int i = 0; i < used; i++)
			if (fds[i].revents & (POLLIN | POLLERR))
				raw[i] ? answer_raw(fds[i].fd) : answer(fds[i].fd, stream[i]);
	return 2;
}

static void bind_source(int fd, int family, const struct options *options)
{
	struct sockaddr_storage source;
	int on = 1;
	socklen_t size;

	if (!options->from && !options->sport)
		return;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Transparent: also from an address that is not ours, which is the point of a spoofing test. */
	if (family == AF_INET)
		setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof(on));
	else
		setsockopt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &on, sizeof(on));
	size = parse_address(options->from ? options->from : family == AF_INET ? "0.0.0.0" : "::", options->sport, &source);
	if (bind(fd, (struct sockaddr *)&source, size) < 0)
		fail("bind");
}

static int outcome_of_errno(void)
{
	switch (errno) {
	case ECONNREFUSED:
		return verdict("reset");
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EACCES:
	case ENOPROTOOPT:
		return verdict("unreachable");
	case EPERM:
		return verdict("denied");
	case ETIMEDOUT:
	case EAGAIN:
		return verdict("denied");
	default:
		fail("probe");
		return 2;
	}
}

static bool wait_for(int fd, short events, int ms)
{
	struct pollfd waiting = { .fd = fd, .events = events };

	return poll(&waiting, 1, ms) == 1;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int pending_error(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return error;
}

static int probe_port(bool tcp, int protocol, const char *dst, int port, int ms, const struct options *options)
{
	struct sockaddr_storage to;
	socklen_t size = parse_address(dst, port, &to);
	int fd = socket(to.ss_family, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, protocol);
	char text[160] = "allowed ";
	ssize_t got;

	if (fd < 0)
		fail("socket");
	bind_source(fd, to.ss_family, options);
	if (connect(fd, (struct sockaddr *)&to, size) < 0 && errno != EINPROGRESS)
		return outcome_of_errno();
	if (tcp && !wait_for(fd, POLLOUT, ms))
		return verdict("denied");
	errno = pending_error(fd);
	if (errno)
		return outcome_of_errno();
	memset(buffer, 'q', sizeof(buffer));
	if (!tcp && send(fd, buffer, (size_t)(options->size ? options->size : 8), 0) < 0)
		return outcome_of_errno();
	if (!wait_for(fd, POLLIN, ms))
		return verdict("denied");
	got = recv(fd, text + 8, sizeof(text) - 9, 0);
	if (got < 0)
		return outcome_of_errno();
	text[8 + got] = '\0';
	return verdict(text);
}

static uint16_t checksum(const uint8_t *data, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* Echo, or another ICMP type whose answer has type `answer`. Timestamp (13) is answered by 14. */
static int probe_icmp(const char *dst, int ms, const struct options *options)
{
	struct sockaddr_storage to;
	socklen_t size = parse_address(dst, 0, &to);
	bool v4 = to.ss_family == AF_INET;
	int fd = socket(to.ss_family, SOCK_RAW, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	int type = options->type >= 0 ? options->type : v4 ? 8 : 128;
	int answer = v4 ? (type == 13 ? 14 : 0) : 129;
	uint8_t packet[20] = { (uint8_t)type, (uint8_t)options->code };
	uint16_t id = (uint16_t)getpid();
	int64_t deadline = now_ms() + ms;

	if (fd < 0)
		fail("socket");
	bind_source(fd, to.ss_family, options);
	memcpy(packet + 4, &id, 2);
	if (v4) {
		uint16_t sum = checksum(packet, sizeof(packet));

		memcpy(packet + 2, &sum, 2);
	}
	if (sendto(fd, packet, sizeof(packet), 0, (struct sockaddr *)&to, size) < 0)
		return outcome_of_errno();
	while (wait_for(fd, POLLIN, (int)(deadline - now_ms() > 0 ? deadline - now_ms() : 0))) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
		size_t header = v4 ? (size_t)(buffer[0] & 15) * 4 : 0;

		if (got < 0)
			return outcome_of_errno();
		if (got >= (ssize_t)header + 6 && (uint8_t)buffer[header] == answer && !memcmp(buffer + header + 4, &id, 2))
			return verdict("allowed");
	}
	return verdict("denied");
}

static int probe_raw(int protocol, const char *dst, int ms, const struct options *options)
{
	struct sockaddr_storage to;
	socklen_t size = parse_address(dst, 0, &to);
	int fd = socket(to.ss_family, SOCK_RAW, protocol);
	char packet[32] = "q";
	int64_t deadline = now_ms() + ms;

	if (fd < 0)
		fail("socket");
	bind_source(fd, to.ss_family, options);
	snprintf(packet + 1, sizeof(packet) - 1, "%d", getpid());
	if (sendto(fd, packet, sizeof(packet), 0, (struct sockaddr *)&to, size) < 0)
		return outcome_of_errno();
	while (wait_for(fd, POLLIN, (int)(deadline - now_ms() > 0 ? deadline - now_ms() : 0))) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
		size_t header = to.ss_family == AF_INET ? (size_t)(buffer[0] & 15) * 4 : 0;

		if (got < 0)
			return outcome_of_errno();
		if (got == (ssize_t)(header + sizeof(packet)) && buffer[header] == 'a' &&
		    !memcmp(buffer + header + 1, packet + 1, sizeof(packet) - 1))
			return verdict("allowed");
	}
	return verdict("denied");
}

static int stream(const char *dst, int port, int count, int interval_us, const struct options *options)
{
	struct rlimit limit;
	struct sockaddr_storage to;
	socklen_t size = parse_address(dst, port, &to);
	int *fds = calloc((size_t)count, sizeof(*fds)), answered = 0;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (!fds)
		fail("calloc");
	for (int i = 0; i < count; i++) {
		fds[i] = socket(to.ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		if (fds[i] < 0)
			fail("socket");
		bind_source(fds[i], to.ss_family, options);
		if (connect(fds[i], (struct sockaddr *)&to, size) == 0)
			(void)!send(fds[i], "q", 1, 0);
		usleep((useconds_t)interval_us);
	}
	usleep(300000);
	for (int i = 0; i < count; i++)
		answered += recv(fds[i], buffer, sizeof(buffer), 0) > 0;
	printf("%d %d\n", count, answered);
	return 0;
}

static void parse_option(const char *text, struct options *options)
{
	if (strncmp(text, "from=", 5) == 0)
		options->from = text + 5;
	else if (sscanf(text, "sport=%d", &options->sport) != 1 && sscanf(text, "size=%d", &options->size) != 1 &&
		 sscanf(text, "type=%d", &options->type) != 1 && sscanf(text, "code=%d", &options->code) != 1) {
		errno = EINVAL;
		fail(text);
	}
}

int main(int argc, char **argv)
{
	struct options options = { .type = -1 };
	const char *mode = argc > 1 ? argv[1] : "";
	int fixed = strcmp(mode, "icmp") == 0 ? 4 : strcmp(mode, "stream") == 0 ? 6 : 5;

	if (strcmp(mode, "listen") == 0)
		return serve(argc - 2, argv + 2);
	if (argc < fixed) {
		errno = EINVAL;
		fail("usage");
	}
	for (int i = fixed; i < argc; i++)
		parse_option(argv[i], &options);
	if (strcmp(mode, "icmp") == 0)
		return probe_icmp(argv[2], atoi(argv[3]), &options);
	if (strcmp(mode, "stream") == 0)
		return stream(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]), &options);
	if (strcmp(mode, "raw") == 0)
		return probe_raw(atoi(argv[2]), argv[3], atoi(argv[4]), &options);
	if (strcmp(mode, "sctp") == 0)
		return probe_port(true, IPPROTO_SCTP, argv[2], atoi(argv[3]), atoi(argv[4]), &options);
	return probe_port(strcmp(mode, "tcp") == 0, 0, argv[2], atoi(argv[3]), atoi(argv[4]), &options);
}
