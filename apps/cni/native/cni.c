// SPDX-License-Identifier: Apache-2.0
/*
 * The CNI executable: collects what the runtime hands over, posts it to the node agent, prints the answer. All decisions live
 * in the agent; only VERSION, an unusable environment and a dead agent are answered here (CNI spec 1.1.0).
 *
 * Wire, both ways little-endian: request = u32 length, then the CNI_* variables as KEY=VALUE NUL, an empty string, stdin;
 * reply = u32 exit code, u32 length, then stdout.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_SOCKET "/run/percale/cni.sock"
#define SUPPORTED "\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\""
#define NEWEST "1.1.0"
#define MAX_CONFIG (1 << 20)
#define MAX_QUEUED 256
/* Below kubelet's two minutes. */
#define REPLY_TIMEOUT_S 110
/* How long an ADD waits for an agent that is starting. */
#define CONNECT_ATTEMPTS 100
#define CONNECT_PAUSE_MS 100

/* Of packages/protocol/src/cni-codes.ts, which says what each means; a test compares them. */
enum {
	CNI_UNKNOWN_CONTAINER = 3,
	CNI_ENVIRONMENT = 4,
	CNI_IO = 5,
	CNI_NETNS = 8,
	CNI_TRY_LATER = 11,
	CNI_LIMITED = 51,
};

extern char **environ;

static char config[MAX_CONFIG + 1];
static size_t config_length;
static char version[32] = NEWEST;

/* Past the text that starts at `at`: its closing quote, or NULL. */
static const char *text_end(const char *at)
{
	for (; *at != '\0' && *at != '"'; at++)
		if (*at == '\\' && at[1] != '\0')
			at++;
	return *at == '"' ? at : NULL;
}

/*
 * The value of the configuration's own "key": "text" (nested objects may have the same key), without escapes; false if there is
 * none or it is too long. Of several the last counts, as for the agent.
 */
static bool config_text(const char *key, char *out, size_t size)
{
	size_t key_length = strlen(key);
	bool is_key = false, is_wanted = false, found = false;
	int depth = 0;

	for (const char *at = config; *at != '\0'; at++) {
		if (*at == '{' || *at == '[') {
			depth++;
			is_key = *at == '{';
		} else if (*at == '}' || *at == ']') {
			depth--;
		} else if (*at == ',') {
			is_key = true;
			is_wanted = false;
		} else if (*at == ':') {
			is_key = false;
		} else if (*at == '"') {
			const char *text = at + 1;

			at = text_end(text);
			if (at == NULL)
				return found;
			size_t length = (size_t)(at - text);

			if (depth != 1)
				continue;
			if (is_key) {
				is_wanted = length == key_length && memcmp(text, key, length) == 0;
			} else if (is_wanted && length < size && memchr(text, '\\', length) == NULL) {
				memcpy(out, text, length);
				out[length] = '\0';
				found = true;
			}
		}
	}
	return found;
}

static void print_json_text(const char *text)
{
	putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			printf("\\u%04x", *text);
		else
			putchar(*text);
	}
	putchar('"');
}

/* Prints the spec's error object; returns the exit code. */
static int fail(int code, const char *message, const char *details)
{
	printf("{\"cniVersion\":");
	print_json_text(version);
	printf(",\"code\":%d,\"msg\":", code);
	print_json_text(message);
	printf(",\"details\":");
	print_json_text(details);
	printf("}\n");
	return 1;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL ? "" : value;
}

static bool is_container_id(const char *id)
{
	if (!isalnum((unsigned char)*id))
		return false;
	for (; *id != '\0'; id++)
		if (!isalnum((unsigned char)*id) && strchr("_.-", *id) == NULL)
			return false;
	return true;
}

static bool is_interface(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length >= IFNAMSIZ || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name != '\0'; name++)
		if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
			return false;
	return true;
}

/* True if CNI_NETNS leads to the namespace that this process is in, and nobody insists (as the CNI library has it). */
static bool is_own_netns(void)
{
	const char *override = variable("CNI_NETNS_OVERRIDE");
	struct stat own, named;

	if (strcmp(override, "1") == 0 || strcasecmp(override, "true") == 0)
		return false;
	return stat("/proc/self/ns/net", &own) == 0 && stat(variable("CNI_NETNS"), &named) == 0 &&
	       own.st_dev == named.st_dev && own.st_ino == named.st_ino;
}

/* 0, or the exit code of a printed error. */
static int check_environment(const char *command)
{
	bool is_add = strcmp(command, "ADD") == 0;
	bool is_del = strcmp(command, "DEL") == 0;
	bool is_check = strcmp(command, "CHECK") == 0;

	if (!is_add && !is_del && !is_check && strcmp(command, "STATUS") != 0 && strcmp(command, "GC") != 0)
		return fail(CNI_ENVIRONMENT, "CNI_COMMAND must be ADD, DEL, CHECK, STATUS, GC or VERSION", command);
	if (!is_add && !is_del && !is_check)
		return 0;
	if (getenv("CNI_CONTAINERID") == NULL)
		return fail(CNI_ENVIRONMENT, "CNI_CONTAINERID is not set", "");
	if (*variable("CNI_CONTAINERID") == '\0')
		return fail(CNI_UNKNOWN_CONTAINER, "CNI_CONTAINERID is empty", "");
	if (!is_container_id(variable("CNI_CONTAINERID")))
		return fail(CNI_ENVIRONMENT, "CNI_CONTAINERID must be letters, digits, _ . - and begin with a letter or digit",
			    variable("CNI_CONTAINERID"));
	if (!is_interface(variable("CNI_IFNAME")))
		return fail(CNI_ENVIRONMENT, "CNI_IFNAME must be an interface name of 1 to 15 characters", variable("CNI_IFNAME"));
	if (!is_del && *variable("CNI_NETNS") == '\0')
		return fail(CNI_ENVIRONMENT, "CNI_NETNS is not set", "");
	if (is_own_netns())
		return fail(CNI_NETNS, "CNI_NETNS is the plugin's own network namespace", variable("CNI_NETNS"));
	return 0;
}

static bool write_all(int fd, const void *data, size_t length)
{
	const char *at = data;

	while (length > 0) {
		ssize_t written = write(fd, at, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		at += written;
		length -= (size_t)written;
	}
	return true;
}

static bool read_all(int fd, void *data, size_t length)
{
	char *at = data;

	while (length > 0) {
		ssize_t got = read(fd, at, length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		length -= (size_t)got;
	}
	return true;
}

/* A connected socket, or -1 with errno. */
static int connect_agent(const char *path, int attempts)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval timeout = { .tv_sec = REPLY_TIMEOUT_S };

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path); /* length checked just above */
	for (;;) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			return -1;
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
			setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
			return fd;
		}
		int failure = errno;

		close(fd);
		errno = failure;
		if (--attempts <= 0)
			return -1;
		nanosleep(&(struct timespec){ .tv_nsec = CONNECT_PAUSE_MS * 1000000L }, NULL);
	}
}

/* The request after its length, in a static buffer; 0 if it does not fit. */
static size_t collect(uint8_t **out)
{
	static uint8_t request[4 + MAX_CONFIG + 65536];
	size_t length = 4;

	for (char **entry = environ; *entry != NULL; entry++) {
		size_t size = strlen(*entry) + 1;

		if (strncmp(*entry, "CNI_", 4) != 0)
			continue;
		if (length + size + 1 + config_length > sizeof(request))
			return 0;
		memcpy(request + length, *entry, size);
		length += size;
	}
	request[length++] = '\0';
	memcpy(request + length, config, config_length);
	length += config_length;
	for (int i = 0; i < 4; i++)
		request[i] = (uint8_t)((length - 4) >> (8 * i));
	*out = request;
	return length;
}

static int post(int fd)
{
	uint8_t *request, header[8];
	size_t length = collect(&request);
	char buffer[65536];

	if (length == 0)
		return fail(CNI_ENVIRONMENT, "the CNI_* variables are too long", "");
	if (!write_all(fd, request, length) || !read_all(fd, header, sizeof(header)))
		return fail(CNI_TRY_LATER, "the node agent closed the connection before it answered", strerror(errno));
	uint32_t code = header[0] | (uint32_t)header[1] << 8 | (uint32_t)header[2] << 16 | (uint32_t)header[3] << 24;
	uint32_t left = header[4] | (uint32_t)header[5] << 8 | (uint32_t)header[6] << 16 | (uint32_t)header[7] << 24;

	while (left > 0) {
		size_t part = left < sizeof(buffer) ? left : sizeof(buffer);

		if (!read_all(fd, buffer, part))
			return 1;
		fwrite(buffer, 1, part, stdout);
		left -= (uint32_t)part;
	}
	return (int)code;
}

/* The container's id; of a long one as much as names hold, and an FNV-1a hash that tells which one it is. */
static const char *short_id(void)
{
	static char text[256];
	const char *id = variable("CNI_CONTAINERID");
	uint64_t hash = 0xcbf29ce484222325;

	if (strlen(id) <= 200)
		return id;
	for (const char *at = id; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
	snprintf(text, sizeof(text), "%.180s~%016" PRIx64, id, hash);
	return text;
}

/* A request about CNI_IFNAME with room for its name. */
struct link_request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	struct rtattr name;
	char text[IFNAMSIZ];
};

/* Sends it and reads the first answer; its length, or -1. */
static ssize_t ask_link(int fd, uint16_t type, uint16_t flags, void *reply, size_t size)
{
	struct link_request request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags },
		.name = { .rta_len = sizeof(struct rtattr) + IFNAMSIZ, .rta_type = IFLA_IFNAME },
	};

	strncpy(request.text, variable("CNI_IFNAME"), IFNAMSIZ - 1);
	if (send(fd, &request, sizeof(request), 0) < 0)
		return -1;
	return recv(fd, reply, size, 0);
}

/* True if the link that a reply describes bears the agent's mark of this very attachment (linkMark in identity.ts). */
static bool is_marked(struct nlmsghdr *reply, size_t length)
{
	char mark[256];
	struct ifinfomsg *link = NLMSG_DATA(reply);

	if (!NLMSG_OK(reply, length) || reply->nlmsg_type != RTM_NEWLINK)
		return false;
	snprintf(mark, sizeof(mark), "percale %s %s", short_id(), variable("CNI_IFNAME"));
	int left = (int)IFLA_PAYLOAD(reply);

	for (struct rtattr *at = IFLA_RTA(link); RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (at->rta_type == IFLA_IFALIAS)
			return strncmp(RTA_DATA(at), mark, RTA_PAYLOAD(at)) == 0 && RTA_PAYLOAD(at) >= strlen(mark);
	return false;
}

/* Deletes CNI_IFNAME inside CNI_NETNS if it is this container's by our hand. Anything missing is fine: it is gone already. */
static void delete_interface(void)
{
	static _Alignas(struct nlmsghdr) char reply[65536];
	int netns = open(variable("CNI_NETNS"), O_RDONLY | O_CLOEXEC);

	if (netns < 0 || setns(netns, CLONE_NEWNET) < 0)
		return;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return;
	ssize_t length = ask_link(fd, RTM_GETLINK, 0, reply, sizeof(reply));

	if (length > 0 && is_marked((struct nlmsghdr *)reply, (size_t)length))
		ask_link(fd, RTM_DELLINK, NLM_F_ACK, reply, sizeof(reply));
}

/* Leaves the DEL for the agent's next start. 0, or -errno. */
static int queue_delete(const char *socket_path)
{
	char name[288], directory[512], path[1024], temporary[1024];
	const char *slash = strrchr(socket_path, '/');
	int count = 0, result = 0;

	/* Neither part has a colon. The agent goes by the content. */
	snprintf(name, sizeof(name), "%s:%s", short_id(), variable("CNI_IFNAME"));
	snprintf(directory, sizeof(directory), "%.*s/cni-queue", slash == NULL ? 1 : (int)(slash - socket_path),
		 slash == NULL ? "." : socket_path);
	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		return -errno;
	DIR *entries = opendir(directory);

	if (entries == NULL)
		return -errno;
	for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
		count += entry->d_name[0] != '.' && strcmp(entry->d_name, name) != 0;
	if (count >= MAX_QUEUED) {
		closedir(entries);
		return -ENOSPC;
	}
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	snprintf(temporary, sizeof(temporary), "%s/.%s.%d", directory, name, getpid());
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0) {
		result = -errno;
		closedir(entries);
		return result;
	}
	uint8_t *request;
	size_t length = collect(&request);

	if (length == 0 || !write_all(fd, request + 4, length - 4) || fsync(fd) < 0 || rename(temporary, path) < 0 ||
	    fsync(dirfd(entries)) < 0) {
		result = errno == 0 ? -EIO : -errno;
		unlink(temporary);
	}
	close(fd);
	closedir(entries);
	return result;
}

static int without_agent(const char *command, const char *socket_path)
{
	char details[512];

	snprintf(details, sizeof(details), "%s: %s", socket_path, strerror(errno));
	if (strcmp(command, "STATUS") == 0)
		return fail(CNI_LIMITED, "the node agent does not answer: no new workloads, policy is kept as it is", details);
	if (strcmp(command, "DEL") != 0)
		return fail(CNI_TRY_LATER, "the node agent does not answer: is it running?", details);
	int queued = queue_delete(socket_path);

	delete_interface();
	if (queued == 0)
		return 0;
	return fail(CNI_TRY_LATER, "the node agent does not answer and the deletion could not be queued", strerror(-queued));
}

int main(void)
{
	const char *command = variable("CNI_COMMAND");
	char path[256] = DEFAULT_SOCKET;

	if (*command == '\0') {
		if (getenv("CNI_CONTAINERID") != NULL)
			return fail(CNI_ENVIRONMENT, "CNI_COMMAND is not set", "");
		fprintf(stderr, "Percale CNI plugin, speaks %s\n", SUPPORTED);
		return 0;
	}
	for (size_t got; (got = fread(config + config_length, 1, MAX_CONFIG - config_length, stdin)) > 0;)
		config_length += got;
	if (ferror(stdin) || !feof(stdin))
		return fail(CNI_IO, "stdin must be a network configuration of at most 1 MiB", "");
	/* A configuration without a version is older than the field; where there is none at all, the newest is as good as any. */
	if (!config_text("cniVersion", version, sizeof(version)) && config_length > 0)
		strcpy(version, "0.2.0");
	if (strcmp(command, "VERSION") == 0) {
		printf("{\"cniVersion\":");
		print_json_text(version);
		printf(",\"supportedVersions\":[%s]}\n", SUPPORTED);
		return 0;
	}
	int refused = check_environment(command);

	if (refused != 0)
		return refused;
	if (*variable("PERCALE_CNI_SOCKET") != '\0')
		snprintf(path, sizeof(path), "%s", variable("PERCALE_CNI_SOCKET"));
	else
		config_text("agentSocket", path, sizeof(path));
	int fd = connect_agent(path, strcmp(command, "ADD") == 0 || strcmp(command, "CHECK") == 0 ? CONNECT_ATTEMPTS : 1);

	if (fd < 0)
		return without_agent(command, path);
	return post(fd);
}
