// SPDX-License-Identifier: Apache-2.0
/*
 * Readiness of a descriptor on the event loop. Node exports libuv's functions but the package of headers we build with
 * does not carry uv.h; these few declarations are part of libuv 1's stable ABI.
 */
#include <stdlib.h>

#include "kernel.h"

typedef struct uv_poll_s uv_poll_t;
typedef void (*uv_poll_cb)(uv_poll_t *handle, int status, int events);
typedef void (*uv_close_cb)(uv_poll_t *handle);

enum { UV_POLL_HANDLE = 8, UV_READABLE_EVENT = 1 };

extern size_t uv_handle_size(int type);
extern int uv_poll_init(struct uv_loop_s *loop, uv_poll_t *handle, int fd);
extern int uv_poll_start(uv_poll_t *handle, int events, uv_poll_cb callback);
extern int uv_poll_stop(uv_poll_t *handle);
extern void uv_close(uv_poll_t *handle, uv_close_cb callback);
extern void uv_unref(uv_poll_t *handle);
extern void uv_handle_set_data(uv_poll_t *handle, void *data);
extern void *uv_handle_get_data(const uv_poll_t *handle);

struct watch {
	napi_env env;
	napi_ref callback;
	napi_async_context context;
	uv_poll_t *handle;
	bool closed;
	bool handle_gone;
	bool value_gone;
};

static void watch_free(struct watch *watch)
{
	if (watch->handle_gone && watch->value_gone)
		free(watch);
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
	struct watch *watch = uv_handle_get_data(handle);
	napi_value receiver, callback, error;
	napi_handle_scope scope;
	bool pending;

	(void)status; /* an error of the socket shows when it is read */
	(void)events;
	if (watch->closed || napi_open_handle_scope(watch->env, &scope) != napi_ok)
		return;
	napi_get_global(watch->env, &receiver);
	if (napi_get_reference_value(watch->env, watch->callback, &callback) == napi_ok && callback)
		napi_make_callback(watch->env, watch->context, receiver, callback, 0, NULL, NULL);
	if (napi_is_exception_pending(watch->env, &pending) == napi_ok && pending &&
	    napi_get_and_clear_last_exception(watch->env, &error) == napi_ok)
		napi_fatal_exception(watch->env, error);
	napi_close_handle_scope(watch->env, scope);
}

static void on_closed(uv_poll_t *handle)
{
	struct watch *watch = uv_handle_get_data(handle);

	free(handle);
	watch->handle = NULL;
	watch->handle_gone = true;
	watch_free(watch);
}

static void watch_close(struct watch *watch)
{
	if (watch->closed)
		return;
	watch->closed = true;
	uv_poll_stop(watch->handle);
	napi_delete_reference(watch->env, watch->callback);
	napi_async_destroy(watch->env, watch->context);
	uv_close(watch->handle, on_closed);
}

static void watch_collected(napi_env env, void *data, void *hint)
{
	struct watch *watch = data;

	(void)env;
	(void)hint;
	watch_close(watch);
	watch->value_gone = true;
	watch_free(watch);
}

/* pollStart(fd, callback, keepAlive): calls back whenever fd is readable; a handle for pollStop, or -errno */
static napi_value poll_start(napi_env env, napi_callback_info info)
{
	napi_value args[3], name, result;
	struct watch *watch = NULL;
	struct uv_loop_s *loop;
	bool keep_alive;
	int fd, status;

	if (!arg_values(env, info, 3, args) || !arg_int(env, args[0], &fd) || !arg_bool(env, args[2], &keep_alive))
		return NULL;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		goto no_memory;
	watch->env = env;
	watch->handle = calloc(1, uv_handle_size(UV_POLL_HANDLE));
	if (!watch->handle || napi_get_uv_event_loop(env, &loop) != napi_ok)
		goto no_memory;
	status = uv_poll_init(loop, watch->handle, fd);
	if (status < 0) {
		free(watch->handle);
		free(watch);
		return number(env, status);
	}
	uv_handle_set_data(watch->handle, watch);
	if (!keep_alive)
		uv_unref(watch->handle);
	napi_create_string_utf8(env, "percale:poll", NAPI_AUTO_LENGTH, &name);
	napi_async_init(env, NULL, name, &watch->context);
	napi_create_reference(env, args[1], 1, &watch->callback);
	uv_poll_start(watch->handle, UV_READABLE_EVENT, on_readable);
	if (napi_create_external(env, watch, watch_collected, NULL, &result) == napi_ok)
		return result;
	watch->value_gone = true;
	watch_close(watch);
	return NULL;
no_memory:
	if (watch)
		free(watch->handle);
	free(watch);
	napi_throw_error(env, NULL, "out of memory");
	return NULL;
}

/* pollStop(handle): no callback after it; the descriptor may then be closed */
static napi_value poll_stop(napi_env env, napi_callback_info info)
{
	struct watch *watch;
	napi_value args[1];

	if (!arg_values(env, info, 1, args))
		return NULL;
	if (napi_get_value_external(env, args[0], (void **)&watch) != napi_ok) {
		napi_throw_type_error(env, NULL, "expected a poll handle");
		return NULL;
	}
	watch_close(watch);
	return NULL;
}

void register_poll(napi_env env, napi_value exports)
{
	register_function(env, exports, "pollStart", poll_start);
	register_function(env, exports, "pollStop", poll_stop);
}
