// SPDX-License-Identifier: Apache-2.0
/*
 * A lab workload: answers its name on TCP and UDP ports, and sends probes when told to.
 *
 *   workload NAME tcp:8080 udp:8080 ...
 *
 * Says "ready" on stdout once it listens, then takes commands on stdin, one per line, and answers each with one
 * line that begins with the command's ID. It ends when stdin does, so nobody's death leaves it behind.
 *
 *   ID probe tcp|udp|icmp ADDRESS PORT TIMEOUT_MS   -> ID open USEC NAME | ID closed USEC | ID rejected USEC
 *                                                      | ID timeout USEC | ID error ERRNO TEXT
 *   ID stream ADDRESS PORT INTERVAL_US COUNT        -> ID stream SENT ECHOED LONGEST_GAP_US
 *   ID blast ADDRESS PORT DURATION_MS               -> ID blast BYTES USEC
 */
#include "workload.h"

int epoll_fd;
const char *own_name;

long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

void answer(const char *format, ...)
{
	char line[256];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length] = '\n';
	/* One write below PIPE_BUF: lines of forked children never mix with ours. */
	if (write(STDOUT_FILENO, line, length + 1) < 0)
		exit(1);
}

int parse_address(const char *text, int port, struct sockaddr_storage *address, socklen_t *length)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;

	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		*length = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		*length = sizeof(*v6);
		return 0;
	}
	return -1;
}

void watch(int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = { .events = events, .data.u64 = data };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		fprintf(stderr, "workload %s: epoll: %s\n", own_name, strerror(errno));
		exit(1);
	}
}

static int listen_on(const char *what)
{
	int tcp = strncmp(what, "tcp:", 4) == 0;
	int fd = socket(AF_INET6, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, off = 0;
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(what + 4)) };

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 || (tcp && listen(fd, 256) < 0)) {
		close(fd);
		return -1;
	}
	watch(fd, EPOLLIN, (tcp ? TAG_LISTEN : TAG_DATAGRAM) | (uint32_t)fd);
	return fd;
}

static void accept_all(int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (send(fd, own_name, strlen(own_name), MSG_NOSIGNAL) < 0) {
			close(fd);
			continue;
		}
		watch(fd, EPOLLIN, TAG_CLIENT | (uint32_t)fd);
	}
}

/* Whatever a client sends is thrown away: that makes the server a sink for throughput tests too. */
static void drain(int fd)
{
	static char buffer[1 << 18];
	ssize_t got = recv(fd, buffer, sizeof(buffer), 0);

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		close(fd);
}

static void echo(int fd)
{
	char buffer[2048];
	struct sockaddr_storage from;
	socklen_t length;
	ssize_t got;

	for (;;) {
		length = sizeof(from);
		got = recvfrom(fd, buffer, sizeof(buffer) - 128, 0, (struct sockaddr *)&from, &length);
		if (got < 0)
			return;
		got += snprintf(buffer + got, 128, "%s", own_name);
		sendto(fd, buffer, got, 0, (struct sockaddr *)&from, length);
	}
}

static void obey(char *line)
{
	char id[32], verb[16], protocol[8], address[64];
	int port;
	long a, b;

	if (sscanf(line, "%31s %15s", id, verb) != 2)
		return;
	if (strcmp(verb, "probe") == 0 && sscanf(line, "%*s %*s %7s %63s %d %ld", protocol, address, &port, &a) == 4)
		start_probe(id, protocol, address, port, a);
	else if (strcmp(verb, "stream") == 0 && sscanf(line, "%*s %*s %63s %d %ld %ld", address, &port, &a, &b) == 4)
		run_stream(id, address, port, a, b);
	else if (strcmp(verb, "blast") == 0 && sscanf(line, "%*s %*s %63s %d %ld", address, &port, &a) == 3)
		run_blast(id, address, port, a);
	else
		answer("%s error %d not a command", id, EINVAL);
}

static void read_commands(void)
{
	static char buffer[65536];
	static size_t held;
	ssize_t got = read(STDIN_FILENO, buffer + held, sizeof(buffer) - held - 1);
	char *line = buffer, *end;

	if (got <= 0)
		exit(0);
	held += got;
	buffer[held] = '\0';
	while ((end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		obey(line);
		line = end + 1;
	}
	held -= line - buffer;
	memmove(buffer, line, held);
}

static void on_event(uint64_t data)
{
	int fd = (uint32_t)data;

	switch (data & TAG_MASK) {
	case TAG_STDIN:
		read_commands();
		break;
	case TAG_LISTEN:
		accept_all(fd);
		break;
	case TAG_CLIENT:
		drain(fd);
		break;
	case TAG_DATAGRAM:
		echo(fd);
		break;
	default:
		continue_probe((uint32_t)data);
	}
}

int main(int argc, char **argv)
{
	struct epoll_event events[64];
	int count, i;

	if (argc < 2) {
		fprintf(stderr, "usage: workload NAME [tcp:PORT | udp:PORT]...\n");
		return 2;
	}
	own_name = argv[1];
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	for (i = 2; i < argc; i++) {
		if (listen_on(argv[i]) < 0) {
			fprintf(stderr, "workload %s: cannot listen on %s: %s\n", own_name, argv[i], strerror(errno));
			return 1;
		}
	}
	watch(STDIN_FILENO, EPOLLIN, TAG_STDIN);
	answer("ready");
	for (;;) {
		count = epoll_wait(epoll_fd, events, 64, next_deadline_ms());
		for (i = 0; i < count; i++)
			on_event(events[i].data.u64);
		expire_probes();
	}
}
