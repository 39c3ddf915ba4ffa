// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "kernel.h"

static const char own_namespace[] = "/proc/thread-self/ns/net";

int netns_enter(const char *path, int *home)
{
	int target, result = 0;

	*home = -1;
	if (path[0] == '\0')
		return 0;
	target = open(path, O_RDONLY | O_CLOEXEC);
	if (target < 0)
		return -errno;
	*home = open(own_namespace, O_RDONLY | O_CLOEXEC);
	if (*home < 0 || setns(target, CLONE_NEWNET) < 0) {
		result = -errno;
		if (*home >= 0)
			close(*home);
		*home = -1;
	}
	close(target);
	return result;
}

void netns_leave(int home)
{
	if (home < 0)
		return;
	if (setns(home, CLONE_NEWNET) < 0)
		napi_fatal_error("netns_leave", NAPI_AUTO_LENGTH, "cannot return to the network namespace",
				 NAPI_AUTO_LENGTH);
	close(home);
}

/*
 * inNetns(path, function): calls it, synchronously, with this thread in the namespace, and returns what it returns.
 * Sockets made, files under /proc/sys/net opened and processes started meanwhile belong to that namespace.
 */
static napi_value in_netns(napi_env env, napi_callback_info info)
{
	napi_value args[2], receiver, value = NULL;
	char path[PATH_BYTES];
	int home, result;

	if (!arg_values(env, info, 2, args) || !arg_path(env, args[0], path))
		return NULL;
	result = netns_enter(path, &home);
	if (result < 0)
		return number(env, result);
	napi_get_undefined(env, &receiver);
	napi_call_function(env, receiver, args[1], 0, NULL, &value); /* an exception stays pending for the caller */
	netns_leave(home);
	return value;
}

/* netnsCreate(path): a new network namespace, kept alive by a bind mount on the (existing) file; 0 or -errno */
static napi_value netns_create(napi_env env, napi_callback_info info)
{
	char path[PATH_BYTES];
	napi_value args[1];
	int home, result = 0;

	if (!arg_values(env, info, 1, args) || !arg_path(env, args[0], path))
		return NULL;
	home = open(own_namespace, O_RDONLY | O_CLOEXEC);
	if (home < 0)
		return number(env, -errno);
	if (unshare(CLONE_NEWNET) < 0) {
		result = -errno;
		close(home);
		return number(env, result);
	}
	if (mount(own_namespace, path, "none", MS_BIND, NULL) < 0)
		result = -errno;
	netns_leave(home);
	return number(env, result);
}

/* netnsDelete(path): takes the bind mount away; the namespace ends with its last user; 0 or -errno */
static napi_value netns_delete(napi_env env, napi_callback_info info)
{
	char path[PATH_BYTES];
	napi_value args[1];

	if (!arg_values(env, info, 1, args) || !arg_path(env, args[0], path))
		return NULL;
	if (umount2(path, MNT_DETACH) < 0 && errno != EINVAL) /* EINVAL: nothing is mounted there */
		return number(env, -errno);
	return number(env, unlink(path) < 0 ? -errno : 0);
}

/* shareMounts(path): makes a directory a shared mount, so that namespaces bound in it show in every mount namespace */
static napi_value share_mounts(napi_env env, napi_callback_info info)
{
	char path[PATH_BYTES];
	napi_value args[1];

	if (!arg_values(env, info, 1, args) || !arg_path(env, args[0], path))
		return NULL;
	if (mount("", path, "none", MS_SHARED | MS_REC, NULL) == 0)
		return number(env, 0);
	if (errno != EINVAL || mount(path, path, "none", MS_BIND | MS_REC, NULL) < 0 ||
	    mount("", path, "none", MS_SHARED | MS_REC, NULL) < 0)
		return number(env, -errno);
	return number(env, 0);
}

void register_netns(napi_env env, napi_value exports)
{
	register_function(env, exports, "inNetns", in_netns);
	register_function(env, exports, "netnsCreate", netns_create);
	register_function(env, exports, "netnsDelete", netns_delete);
	register_function(env, exports, "shareMounts", share_mounts);
}
