// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel.h"

struct credentials {
	int pid;
	unsigned int uid;
	unsigned int gid;
};

bool arg_values(napi_env env, napi_callback_info info, size_t count, napi_value *values)
{
	size_t given = count;

	if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok)
		return false;
	if (given >= count)
		return true;
	napi_throw_type_error(env, NULL, "too few arguments");
	return false;
}

bool arg_int(napi_env env, napi_value value, int *out)
{
	if (napi_get_value_int32(env, value, out) == napi_ok)
		return true;
	napi_throw_type_error(env, NULL, "expected a number");
	return false;
}

bool arg_bool(napi_env env, napi_value value, bool *out)
{
	if (napi_get_value_bool(env, value, out) == napi_ok)
		return true;
	napi_throw_type_error(env, NULL, "expected a boolean");
	return false;
}

bool arg_path(napi_env env, napi_value value, char out[PATH_BYTES])
{
	napi_valuetype type;
	size_t length;

	out[0] = '\0';
	if (napi_typeof(env, value, &type) != napi_ok)
		return false;
	if (type == napi_undefined || type == napi_null)
		return true;
	if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length >= PATH_BYTES) {
		napi_throw_type_error(env, NULL, "expected a path");
		return false;
	}
	return napi_get_value_string_utf8(env, value, out, PATH_BYTES, &length) == napi_ok;
}

bool arg_bytes(napi_env env, napi_value value, uint8_t **data, size_t *length)
{
	napi_typedarray_type type;
	napi_value buffer;
	size_t offset;

	if (napi_get_typedarray_info(env, value, &type, length, (void **)data, &buffer, &offset) == napi_ok &&
	    type == napi_uint8_array)
		return true;
	napi_throw_type_error(env, NULL, "expected a Uint8Array");
	return false;
}

napi_value number(napi_env env, int64_t value)
{
	napi_value result;

	if (napi_create_int64(env, value, &result) != napi_ok)
		return NULL;
	return result;
}

void register_function(napi_env env, napi_value exports, const char *name, napi_callback callback)
{
	napi_value function;

	if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok)
		napi_set_named_property(env, exports, name, function);
}

/* closeFd(fd) */
static napi_value close_fd(napi_env env, napi_callback_info info)
{
	napi_value args[1];
	int fd;

	if (!arg_values(env, info, 1, args) || !arg_int(env, args[0], &fd))
		return NULL;
	return number(env, close(fd) < 0 ? -errno : 0);
}

/* peerCredentials(fd): [pid, uid, gid] of the process at the other end of a connected unix socket, or -errno */
static napi_value peer_credentials(napi_env env, napi_callback_info info)
{
	struct credentials peer;
	socklen_t size = sizeof(peer);
	napi_value args[1], result;
	int fd;

	if (!arg_values(env, info, 1, args) || !arg_int(env, args[0], &fd))
		return NULL;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return number(env, -errno);
	if (napi_create_array_with_length(env, 3, &result) != napi_ok)
		return NULL;
	napi_set_element(env, result, 0, number(env, peer.pid));
	napi_set_element(env, result, 1, number(env, peer.uid));
	napi_set_element(env, result, 2, number(env, peer.gid));
	return result;
}

/*
 * lockFile(path): a descriptor that alone holds the file's lock (flock) until it is closed or this process ends, however it
 * ends; -EAGAIN if another holds it
 */
static napi_value lock_file(napi_env env, napi_callback_info info)
{
	char path[PATH_BYTES];
	napi_value args[1];
	int fd, result;

	if (!arg_values(env, info, 1, args) || !arg_path(env, args[0], path))
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return number(env, -errno);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return number(env, fd);
	result = -errno;
	close(fd);
	return number(env, result);
}

NAPI_MODULE_INIT()
{
	register_function(env, exports, "closeFd", close_fd);
	register_function(env, exports, "lockFile", lock_file);
	register_function(env, exports, "peerCredentials", peer_credentials);
	register_netlink(env, exports);
	register_netns(env, exports);
	register_poll(env, exports);
	return exports;
}
