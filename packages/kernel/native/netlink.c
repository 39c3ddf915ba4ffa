// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdlib.h>
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

/* One sendmsg to the kernel; the send buffer grows to take it whole. Bytes sent or -errno. */
static ssize_t send_whole(int fd, const uint8_t *data, size_t length)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t sent;

	sent = sendto(fd, data, length, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	if (sent < 0 && errno == EMSGSIZE) {
		/* the kernel doubles it */
		set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, (int)(length / 2 + 65536));
		sent = sendto(fd, data, length, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	}
	return sent < 0 ? -errno : sent;
}

static bool arg_message(napi_env env, const napi_value *args, int *fd, uint8_t **data, int *length)
{
	size_t capacity;

	if (!arg_int(env, args[0], fd) || !arg_bytes(env, args[1], data, &capacity) || !arg_int(env, args[2], length))
		return false;
	if (*length < 0 || (size_t)*length > capacity)
		*length = -1;
	return true;
}

/* netlinkSend(fd, bytes, length) */
static napi_value netlink_send(napi_env env, napi_callback_info info)
{
	napi_value args[3];
	int fd, length;
	uint8_t *data;

	if (!arg_values(env, info, 3, args) || !arg_message(env, args, &fd, &data, &length))
		return NULL;
	return number(env, length < 0 ? -EINVAL : send_whole(fd, data, (size_t)length));
}

struct sending {
	napi_async_work work;
	napi_deferred deferred;
	napi_ref bytes; /* keeps data where it is */
	const uint8_t *data;
	size_t length;
	ssize_t result;
	int fd;
};

static void sending_execute(napi_env env, void *data)
{
	struct sending *sending = data;

	(void)env; /* another thread: JavaScript is out of reach */
	sending->result = send_whole(sending->fd, sending->data, sending->length);
}

static void sending_complete(napi_env env, napi_status status, void *data)
{
	struct sending *sending = data;

	napi_resolve_deferred(env, sending->deferred, number(env, status == napi_ok ? sending->result : -ECANCELED));
	napi_delete_reference(env, sending->bytes);
	napi_delete_async_work(env, sending->work);
	free(sending);
}

/*
 * netlinkSendAside(fd, bytes, length): the same on a thread of libuv's, for batches that the kernel takes long over; a promise of the
 * bytes sent or -errno. Until then the bytes must stay as they are and the descriptor open.
 */
static napi_value netlink_send_aside(napi_env env, napi_callback_info info)
{
	struct sending *sending;
	napi_value args[3], name, promise;
	int length;
	uint8_t *data;

	sending = calloc(1, sizeof(*sending));
	if (!sending) {
		napi_throw_error(env, NULL, "out of memory");
		return NULL;
	}
	if (!arg_values(env, info, 3, args) || !arg_message(env, args, &sending->fd, &data, &length))
		goto cleanup;
	if (length < 0) {
		napi_throw_range_error(env, NULL, "longer than its bytes");
		goto cleanup;
	}
	sending->data = data;
	sending->length = (size_t)length;
	if (napi_create_string_utf8(env, "percale:netlink", NAPI_AUTO_LENGTH, &name) != napi_ok ||
	    napi_create_reference(env, args[1], 1, &sending->bytes) != napi_ok ||
	    napi_create_async_work(env, NULL, name, sending_execute, sending_complete, sending, &sending->work) !=
		    napi_ok ||
	    napi_create_promise(env, &sending->deferred, &promise) != napi_ok ||
	    napi_queue_async_work(env, sending->work) != napi_ok)
		goto cleanup;
	return promise;
cleanup:
	if (sending->work)
		napi_delete_async_work(env, sending->work);
	if (sending->bytes)
		napi_delete_reference(env, sending->bytes);
	free(sending);
	return NULL;
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
	register_function(env, exports, "netlinkSendAside", netlink_send_aside);
	register_function(env, exports, "netlinkReceive", netlink_receive);
}
