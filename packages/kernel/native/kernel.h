/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mechanism only: each function is one system call (or the few that belong together) with its arguments checked.
 * A failed call returns -errno as a number; a wrong argument throws. Decisions and encodings are TypeScript.
 */
#ifndef PERCALE_KERNEL_H
#define PERCALE_KERNEL_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

#define PATH_BYTES 4096

/* Arguments: each throws a TypeError and returns false if the value has another type. */
bool arg_values(napi_env env, napi_callback_info info, size_t count, napi_value *values);
bool arg_int(napi_env env, napi_value value, int *out);
bool arg_bool(napi_env env, napi_value value, bool *out);
/* Text up to PATH_BYTES - 1 bytes; null and undefined leave an empty string. */
bool arg_path(napi_env env, napi_value value, char out[PATH_BYTES]);
bool arg_bytes(napi_env env, napi_value value, uint8_t **data, size_t *length);

napi_value number(napi_env env, int64_t value);

/* Enters the namespace at `path` and leaves in `*home` a descriptor of the one left; "" is no move. 0 or -errno. */
int netns_enter(const char *path, int *home);
/* Goes back; a thread left in a foreign namespace would corrupt everything after it, so failing is fatal. */
void netns_leave(int home);

void register_netlink(napi_env env, napi_value exports);
void register_netns(napi_env env, napi_value exports);
void register_poll(napi_env env, napi_value exports);
void register_function(napi_env env, napi_value exports, const char *name, napi_callback callback);

#endif
