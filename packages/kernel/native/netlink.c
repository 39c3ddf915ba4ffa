// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel.h"

static void set_buffer(int fd, int forced, int plain, int bytes)
{
	if (bytes > 0 && setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof(bytes));
}

/* netlinkOpen(protocol, netnsPath, sendBytes, receiveBytes): a bound, non-blocking socket's descriptor, or -errno */
static napi_value netlink_open(napi_env env, napi_callback_info info)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int protocol, send_bytes, receive_bytes, home, on = 1;
	char path[PATH_BYTES];
	napi_value args[4];
	int fd, result;

	if (!arg_values(env, info, 4, args) || !arg_int(env, args[0], &protocol) || !arg_path(env, args[1], path) ||
	    !arg_int(env, args[2], &send_bytes) || !arg_int(env, args[3], &receive_bytes))
		return NULL;
	result = netns_enter(path, &home);
	if (result < 0)
		return number(env, result);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	result = -errno;
	netns_leave(home);
	if (fd < 0)
		return number(env, result);
	set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, send_bytes);
	set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, receive_bytes);
	/* Errors without an echo of their request, with a message and an offset; dumps that honour their filters. */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		result = -errno;
		close(fd);
		return number(env, result);
	}
	return number(env, fd);
}

/* netlinkPort(fd): the address the kernel gave this socket; its own changes carry it in notifications */
static napi_value netlink_port(napi_env env, napi_callback_info info)
{
	struct sockaddr_nl address;
	socklen_t size = sizeof(address);
	napi_value args[1];
	int fd;

	if (!arg_values(env, info, 1, args) || !arg_int(env, args[0], &fd))
		return NULL;
	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return number(env, -errno);
	return number(env, address.nl_pid);
}

/* netlinkMembership(fd, group, join) */
static napi_value netlink_membership(napi_env env, napi_callback_info info)
{
	napi_value args[3];
	int fd, group;
	bool join;

	if (!arg_values(env, info, 3, args) || !arg_int(env, args[0], &fd) || !arg_int(env, args[1], &group) ||
	    !arg_bool(env, args[2], &join))
		return NULL;
	if (setsockopt(fd, SOL_NETLINK, join ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP, &group,
		       sizeof(group)) < 0)
		return number(env, -errno);
	return number(env, 0);
}

/* netlinkSend(fd, bytes, length): one sendmsg to the kernel; the send buffer grows to take it whole */
static napi_value netlink_send(napi_env env, napi_callback_info info)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	napi_value args[3];
	size_t capacity;
	int fd, length;
	uint8_t *data;
	ssize_t sent;

	if (!arg_values(env, info, 3, args) || !arg_int(env, args[0], &fd) ||
	    !arg_bytes(env, args[1], &data, &capacity) || !arg_int(env, args[2], &length))
		return NULL;
	if (length < 0 || (size_t)length > capacity)
		return number(env, -EINVAL);
	sent = sendto(fd, data, (size_t)length, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	if (sent < 0 && errno == EMSGSIZE) {
		set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, length / 2 + 65536); /* the kernel doubles it */
		sent = sendto(fd, data, (size_t)length, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	}
	return number(env, sent < 0 ? -errno : sent);
}

/* netlinkReceive(fd, bytes, timeoutMs): bytes of one datagram; -EAGAIN when none came, -EMSGSIZE if it did not fit */
static napi_value netlink_receive(napi_env env, napi_callback_info info)
{
	napi_value args[3];
	size_t capacity;
	int fd, timeout;
	uint8_t *data;
	ssize_t got;

	if (!arg_values(env, info, 3, args) || !arg_int(env, args[0], &fd) ||
	    !arg_bytes(env, args[1], &data, &capacity) || !arg_int(env, args[2], &timeout))
		return NULL;
	got = recv(fd, data, capacity, MSG_DONTWAIT | MSG_TRUNC);
	if (got < 0 && errno == EAGAIN && timeout != 0) {
		struct pollfd waiting = { .fd = fd, .events = POLLIN };

		if (poll(&waiting, 1, timeout) < 0)
			return number(env, -errno);
		got = recv(fd, data, capacity, MSG_DONTWAIT | MSG_TRUNC);
	}
	if (got < 0)
		return number(env, -errno);
	return number(env, (size_t)got > capacity ? -EMSGSIZE : got);
}

void register_netlink(napi_env env, napi_value exports)
{
	register_function(env, exports, "netlinkOpen", netlink_open);
	register_function(env, exports, "netlinkPort", netlink_port);
	register_function(env, exports, "netlinkMembership", netlink_membership);
	register_function(env, exports, "netlinkSend", netlink_send);
	register_function(env, exports, "netlinkReceive", netlink_receive);
}
