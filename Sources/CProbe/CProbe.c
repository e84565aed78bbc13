// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CProbe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

const int cprobe_tmpfile = O_TMPFILE;

static int answer(long result) { return result < 0 ? -errno : 0; }

long cprobe_call(long number, long a, long b, long c, long d, long e, long f) {
    long result = syscall(number, a, b, c, d, e, f);
    return result == -1 ? -errno : result;
}

pid_t cprobe_fork(void) { return fork(); }

int cprobe_exec(const char *path, const char *argument) {
    char *arguments[] = {(char *)path, (char *)argument, NULL};
    char *environment[] = {NULL};
    return answer(execve(path, arguments, environment));
}

const char *cprobe_errno_name(int number) { return strerrorname_np(number); }

int cprobe_capset_sys_admin(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    if (syscall(SYS_capget, &header, data) != 0) return -errno;
    data[0].permitted |= 1u << CAP_SYS_ADMIN;
    data[0].effective |= 1u << CAP_SYS_ADMIN;
    return answer(syscall(SYS_capset, &header, data));
}

int cprobe_set_interface_flags(void) {
    int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return -errno;
    struct ifreq request = {.ifr_name = "lo"};
    int result = ioctl(handle, SIOCGIFFLAGS, &request);
    if (result == 0) result = ioctl(handle, SIOCSIFFLAGS, &request);
    return answer(result);
}

int cprobe_audit_message(void) {
    int handle = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
    if (handle < 0) return -errno;
    struct {
        struct nlmsghdr header;
        char text[8];
    } message = {{.nlmsg_len = sizeof message, .nlmsg_type = AUDIT_USER, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK}, "probe"};
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    if (sendto(handle, &message, sizeof message, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0) return -errno;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[512];
    } reply;
    ssize_t count = recv(handle, &reply, sizeof reply, 0);
    if (count < 0) return -errno;
    if ((size_t)count < sizeof reply.header + sizeof reply.error) return -EPROTO;
    return reply.error.error;
}

int cprobe_raise_hard_limit(void) {
    // The limit is lowered first, so that it can be raised even when it was infinite.
    struct rlimit limit = {.rlim_cur = 4, .rlim_max = 4};
    if (setrlimit(RLIMIT_CORE, &limit) != 0 && errno != EPERM) return -errno;
    limit.rlim_max = 5;
    return answer(setrlimit(RLIMIT_CORE, &limit));
}

int cprobe_real_time(void) {
    struct sched_param parameter = {.sched_priority = 1};
    return answer(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &parameter));
}

int cprobe_set_file_capability(const char *path) {
    struct vfs_cap_data value = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};
    value.data[0].permitted = 1u << CAP_NET_RAW;
    return answer(setxattr(path, "security.capability", &value, XATTR_CAPS_SZ_2, 0));
}

int cprobe_connect_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (handle < 0) return -errno;
    return answer(connect(handle, (struct sockaddr *)&address, sizeof address));
}

int cprobe_abstract(const char *name, int listens) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path + 1, name, length);
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + length;
    int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (handle < 0) return -errno;
    if (!listens) return answer(connect(handle, (struct sockaddr *)&address, size));
    return answer(bind(handle, (struct sockaddr *)&address, size) == 0 ? listen(handle, 8) : -1);
}

static struct sockaddr_in internet(uint32_t host, uint16_t port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(host)}};
}

int cprobe_listen(uint16_t port) {
    struct sockaddr_in address = internet(INADDR_ANY, port);
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return -errno;
    if (bind(handle, (struct sockaddr *)&address, sizeof address) || listen(handle, 8)) return -errno;
    return handle;
}

int cprobe_connect_loopback(uint16_t port) {
    struct sockaddr_in address = internet(INADDR_LOOPBACK, port);
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return -errno;
    return connect(handle, (struct sockaddr *)&address, sizeof address) ? -errno : handle;
}

int cprobe_connect_within(uint32_t address, uint16_t port, int milliseconds) {
    struct sockaddr_in place = internet(address, port);
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (handle < 0) return -errno;
    int failure = connect(handle, (struct sockaddr *)&place, sizeof place) ? errno : 0;
    if (failure == EINPROGRESS) {
        struct pollfd wait = {.fd = handle, .events = POLLOUT};
        socklen_t size = sizeof failure;
        if (poll(&wait, 1, milliseconds) != 1) failure = ETIMEDOUT;
        else if (getsockopt(handle, SOL_SOCKET, SO_ERROR, &failure, &size)) failure = errno;
    }
    if (failure == 0) {
        // Later reads wait at most one second.
        struct timeval limit = {.tv_sec = 1};
        fcntl(handle, F_SETFL, 0);
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        return handle;
    }
    close(handle);
    return -failure;
}

int cprobe_addresses(uint32_t *found, int most) {
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list)) return 0;
    int count = 0;
    for (struct ifaddrs *item = list; item && count < most; item = item->ifa_next) {
        if (!item->ifa_addr || item->ifa_addr->sa_family != AF_INET || (item->ifa_flags & IFF_LOOPBACK)) continue;
        found[count++] = ntohl(((struct sockaddr_in *)item->ifa_addr)->sin_addr.s_addr);
    }
    freeifaddrs(list);
    return count;
}

int cprobe_shmget(long key, size_t size, int creates) {
    int result = shmget((key_t)key, size, creates ? IPC_CREAT | 0666 : 0);
    return result < 0 ? -errno : result;
}

pid_t cprobe_spawn(char *const arguments[], int error) {
    char *environment[] = {"PATH=/usr/bin:/bin", NULL};
    pid_t child = fork();
    if (child != 0) return child < 0 ? -errno : child;
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, 0);
    dup2(nothing, 1);
    dup2(error, 2);
    execve(arguments[0], arguments, environment);
    _exit(127);
}

#if defined(__x86_64__)
int cprobe_compat_chmod(const char *path, unsigned mode) {
    // The 32-bit entry takes 32-bit pointers, so the path is copied below 4 GB. 15 is chmod in the i386 table.
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED || strlen(path) >= 4096) return -ENOMEM;
    strcpy(low, path);
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(15), "b"(low), "c"(mode) : "memory", "r8", "r9", "r10", "r11");
    return result;
}
#else
int cprobe_compat_chmod(const char *path, unsigned mode) {
    (void)path;
    (void)mode;
    return -1000;
}
#endif

static void judge(const char *path, const struct stat *status, cprobe_note note, void *context) {
    mode_t kind = status->st_mode & S_IFMT;
    // A set-group-ID directory only passes its group to new files; it grants no privilege.
    if (kind == S_IFREG && (status->st_mode & (S_ISUID | S_ISGID))) note(context, path, cprobe_kind_set_id);
    if (kind == S_IFREG && lgetxattr(path, "security.capability", NULL, 0) > 0) {
        note(context, path, cprobe_kind_capability);
    }
    if (kind == S_IFBLK || (kind == S_IFCHR && status->st_rdev != 0)) note(context, path, cprobe_kind_device);
    if (kind == S_IFSOCK) note(context, path, cprobe_kind_socket);
}

static int is_kernel_tree(const char *root, const char *path) {
    size_t length = strlen(root);
    if (strncmp(path, root, length) != 0) return 0;
    const char *rest = path + length;
    return strcmp(rest, "/proc") == 0 || strcmp(rest, "/sys") == 0 || strcmp(rest, "/dev") == 0;
}

static void walk(const char *root, const char *directory, int depth, cprobe_note note, void *context) {
    if (depth > 64 || is_kernel_tree(root, directory)) return;
    DIR *stream = opendir(*directory ? directory : "/");
    if (stream == NULL) {
        note(context, directory, cprobe_kind_unread);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char path[4096];
        struct stat status;
        if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path) continue;
        if (lstat(path, &status) != 0) continue;
        if (S_ISDIR(status.st_mode)) walk(root, path, depth + 1, note, context);
        else judge(path, &status, note, context);
    }
    closedir(stream);
}

void cprobe_walk(const char *root, cprobe_note note, void *context) { walk(root, root, 0, note, context); }
